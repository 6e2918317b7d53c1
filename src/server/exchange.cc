#include "server/exchange.h"

#include "commands/idempotency.h"

namespace dure::server {
namespace {

constexpr std::size_t kLongestKey = 200;

// The digest of what was asked: another request under the same key is another request.
std::string request_digest(const Exchange& exchange) {
  const auto& request = exchange.request;
  return exchange.world.secrets.digest(request.method + "\n" + request.target + "\n" + request.body);
}

commands::KeptAnswer keep_form(const Answer& answer) {
  std::string headers;
  for (const auto& header : answer.headers) headers += header.name + ": " + header.value + "\n";
  return {answer.status, std::move(headers), answer.once ? "" : answer.body, answer.once};
}

Answer replay_form(const commands::KeptAnswer& kept) {
  Answer answer;
  answer.status = static_cast<int>(kept.status);
  answer.body = kept.body;
  std::size_t begin = 0;
  while (begin < kept.headers.size()) {
    const std::size_t end = kept.headers.find('\n', begin);
    const std::string line = kept.headers.substr(begin, end - begin);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) answer.headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
    begin = end == std::string::npos ? kept.headers.size() : end + 1;
  }
  answer.headers.push_back({"Idempotent-Replay", "true"});
  return answer;
}

base::Result<Answer> run_with_key(Exchange& exchange, const std::string& key, const ReadBody& body) {
  const std::string digest = request_digest(exchange);
  return commands::run<Answer>(exchange.world, exchange.caller,
                               [&](commands::Work& work) -> base::Result<Answer> {
                                 DURE_LET(kept, commands::find_kept_answer(work, key, digest));
                                 if (kept) return replay_form(*kept);
                                 DURE_LET(answer, body(work));
                                 DURE_TRY(commands::keep_answer(work, key, digest, keep_form(answer)));
                                 return answer;
                               });
}

}  // namespace

const std::string& Exchange::parameter(std::string_view name) const {
  const auto found = parameters.find(name);
  DURE_ASSERT(found != parameters.end());
  return found->second;
}

base::Result<Answer> look(Exchange& exchange, const ReadBody& body) {
  return commands::look<Answer>(exchange.world, exchange.caller, body);
}

base::Result<Answer> perform(Exchange& exchange, const ReadBody& body) {
  const std::string* key = exchange.request.headers.find("Idempotency-Key");
  if (!key) return commands::run<Answer>(exchange.world, exchange.caller, body);
  if (key->empty() || key->size() > kLongestKey)
    return base::invalid(
        base::Reason("http.idempotency_key").with("longest", static_cast<std::int64_t>(kLongestKey)));
  return run_with_key(exchange, *key, body);
}

base::Result<std::optional<Answer>> find_answer(Exchange& exchange) {
  using Found = std::optional<Answer>;
  const std::string* key = exchange.request.headers.find("Idempotency-Key");
  if (!key || key->empty() || key->size() > kLongestKey) return Found{};
  const std::string digest = request_digest(exchange);
  return commands::look<Found>(exchange.world, exchange.caller,
                               [&](commands::Work& work) -> base::Result<Found> {
                                 DURE_LET(kept, commands::find_kept_answer(work, *key, digest));
                                 return kept ? Found(replay_form(*kept)) : Found{};
                               });
}

base::Status check_if_match(const Exchange& exchange, std::int64_t version) {
  const std::string* wanted = exchange.request.headers.find("If-Match");
  if (!wanted || *wanted == "*" || *wanted == etag_of(version)) return {};
  return base::error(
      base::ErrorKind::kPrecondition,
      base::Reason("http.version_mismatch").with("version", version).with("if_match", *wanted));
}

bool not_modified(const Exchange& exchange, std::int64_t version) {
  const std::string* known = exchange.request.headers.find("If-None-Match");
  return known && *known == etag_of(version);
}

Answer begin_page() {
  Answer answer;
  answer.body = "{\"items\":[";
  return answer;
}

Answer end_page(Answer answer, const std::string& next) {
  answer.body += "],\"next\":";
  answer.body += next.empty() ? "null" : wire::json_text(next);
  answer.body += '}';
  return answer;
}

Answer json_answer(std::string text, int status) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(text);
  return answer;
}

}  // namespace dure::server
