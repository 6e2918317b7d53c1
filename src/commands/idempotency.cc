#include "commands/idempotency.h"

#include <set>

namespace dure::commands {
namespace {

constexpr std::size_t kLongestKey = 200;
// Of a caller who is nobody, whom only the key tells from others (a UUID passes). His address does not count:
// it may be another one after a lost connection.
constexpr std::size_t kShortestAnonymousKey = 32;
constexpr std::size_t kFewestCharacters = 8;  // different ones

bool is_anonymous(const Caller& caller) {
  return !caller.subject.logged_in;
}

// Keys of different callers never meet.
const std::string& owner_of(const Work& work) {
  return work.caller.subject.actor;
}

base::Result<std::optional<model::IdempotencyKey>> find_row(Work& work, const std::string& key) {
  return work.tx.idempotency_keys().first(
      ports::Query{}.where("owner", owner_of(work)).where("key", key).at_most(1));
}

// What a kept body is bound to.
std::string context_of(const Work& work, const std::string& key, const std::string& request_digest) {
  return owner_of(work) + "\n" + request_digest + "\n" + key;
}

}  // namespace

base::Status check_key(const Caller& caller, const std::string& key) {
  if (key.empty() || key.size() > kLongestKey)
    return base::invalid(
        base::Reason("http.idempotency_key").with("longest", static_cast<std::int64_t>(kLongestKey)));
  const std::set<char> characters(key.begin(), key.end());
  if (is_anonymous(caller) && (key.size() < kShortestAnonymousKey || characters.size() < kFewestCharacters))
    return base::invalid(base::Reason("http.idempotency_key_weak")
                             .with("shortest", static_cast<std::int64_t>(kShortestAnonymousKey)));
  return {};
}

base::Result<std::optional<KeptAnswer>> find_kept_answer(Work& work, const std::string& key,
                                                         const std::string& request_digest) {
  DURE_LET(row, find_row(work, key));
  if (!row || row->expires_at <= work.now) return std::optional<KeptAnswer>{};
  if (row->request_digest != request_digest)
    return base::error(base::ErrorKind::kConflict, base::Reason("http.idempotency_reused"));
  KeptAnswer kept{row->status, row->headers, ""};
  if (row->body.empty()) return std::optional(kept);
  const auto body = work.world.secrets.unseal(row->body, context_of(work, key, request_digest));
  if (!body) return base::error(base::ErrorKind::kConflict, base::Reason("http.idempotency_lost"));
  kept.body = *body;
  return std::optional(kept);
}

base::Status keep_answer(Work& work, const std::string& key, const std::string& request_digest,
                         const KeptAnswer& answer) {
  DURE_LET(expired, find_row(work, key));
  if (expired) DURE_TRY(work.tx.idempotency_keys().remove(expired->id));
  model::IdempotencyKey row;
  work.stamp(row);
  row.owner = owner_of(work);
  row.key = key;
  row.request_digest = request_digest;
  row.status = answer.status;
  row.headers = answer.headers;
  if (!answer.body.empty())
    row.body = work.world.secrets.seal(answer.body, context_of(work, key, request_digest));
  row.expires_at = work.now + work.world.settings.idempotency_length;
  return work.tx.idempotency_keys().insert(row);
}

base::Result<std::int64_t> forget_expired_answers(Work& work, std::int64_t limit) {
  DURE_LET(page, work.tx.idempotency_keys().list(
                     ports::Query{}.where("expires_at", work.now, ports::Compare::kAtMost).at_most(limit)));
  for (const auto& row : page.rows) DURE_TRY(work.tx.idempotency_keys().remove(row.id));
  return static_cast<std::int64_t>(page.rows.size());
}

}  // namespace dure::commands
