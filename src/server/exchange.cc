#include "server/exchange.h"

#include "commands/idempotency.h"

namespace dure::server {
namespace {

// The digest of what was asked: another request under the same key is another request.
std::string request_digest(const Exchange& exchange) {
  const auto& request = exchange.request;
  return exchange.world.secrets.digest(request.method + "\n" + request.target + "\n" + request.body);
}

commands::KeptAnswer keep_form(const Answer& answer) {
  std::string headers;
  for (const auto& header : answer.headers) headers += header.name + ": " + header.value + "\n";
  return {answer.status, std::move(headers), answer.body};
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

// The body, and then whether it met what the request expects: nothing of it lasts otherwise.
base::Result<Answer> run_expecting(commands::Work& work, const ReadBody& body) {
  DURE_LET(answer, body(work));
  if (!work.expectation_met())
    return base::error(base::ErrorKind::kPrecondition, base::Reason("http.no_version"));
  return answer;
}

base::Result<Answer> run_with_key(Exchange& exchange, const std::string& key, const ReadBody& body) {
  const std::string digest = request_digest(exchange);
  return commands::run<Answer>(exchange.world, exchange.caller,
                               [&](commands::Work& work) -> base::Result<Answer> {
                                 DURE_LET(kept, commands::find_kept_answer(work, key, digest));
                                 if (kept) return replay_form(*kept);
                                 DURE_LET(answer, run_expecting(work, body));
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
  if (!key)
    return commands::run<Answer>(exchange.world, exchange.caller,
                                 [&](commands::Work& work) { return run_expecting(work, body); });
  DURE_TRY(commands::check_key(exchange.caller, *key));
  return run_with_key(exchange, *key, body);
}

base::Result<std::optional<Answer>> find_answer(Exchange& exchange) {
  using Found = std::optional<Answer>;
  const std::string* key = exchange.request.headers.find("Idempotency-Key");
  if (!key) return Found{};
  DURE_TRY(commands::check_key(exchange.caller, *key));
  const std::string digest = request_digest(exchange);
  return commands::look<Found>(exchange.world, exchange.caller,
                               [&](commands::Work& work) -> base::Result<Found> {
                                 DURE_LET(kept, commands::find_kept_answer(work, *key, digest));
                                 return kept ? Found(replay_form(*kept)) : Found{};
                               });
}

Answer tagged(const Exchange& exchange, Answer answer, const std::string& etag) {
  if (exchange.request.method == "GET" && not_modified(exchange.request, etag))
    return not_modified_answer(etag);
  answer.headers.push_back({"ETag", etag});
  return answer;
}

Answer tagged_json(const Exchange& exchange, std::string text) {
  const std::string etag = etag_of(exchange.world.secrets.digest(text));
  return tagged(exchange, json_answer(std::move(text)), etag);
}

Answer view_answer(const Exchange& exchange, std::string text, std::int64_t version, int status) {
  const std::string etag = etag_of(version, exchange.world.secrets.digest(text));
  return tagged(exchange, json_answer(std::move(text), status), etag);
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
