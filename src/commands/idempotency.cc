#include "commands/idempotency.h"

namespace dure::commands {
namespace {

// Keys of different callers never meet. Those who come without an account are told apart by their address.
std::string owner_of(const Work& work) {
  const auto& actor = work.caller.subject.actor;
  return actor == "anonymous" ? actor + "@" + work.world.secrets.digest(work.caller.address) : actor;
}

}  // namespace

base::Result<std::optional<KeptAnswer>> find_kept_answer(Work& work, const std::string& key,
                                                         const std::string& request_digest) {
  DURE_LET(row, work.tx.idempotency_keys().first(
                    ports::Query{}.where("owner", owner_of(work)).where("key", key).at_most(1)));
  if (!row) return std::optional<KeptAnswer>{};
  if (row->expires_at <= work.now) {
    DURE_TRY(work.tx.idempotency_keys().remove(row->id));
    return std::optional<KeptAnswer>{};
  }
  if (row->request_digest != request_digest)
    return base::error(base::ErrorKind::kConflict, base::Reason("http.idempotency_reused"));
  return std::optional(KeptAnswer{row->status, row->headers, row->body, row->body.empty()});
}

base::Status keep_answer(Work& work, const std::string& key, const std::string& request_digest,
                         const KeptAnswer& answer) {
  model::IdempotencyKey row;
  work.stamp(row);
  row.owner = owner_of(work);
  row.key = key;
  row.request_digest = request_digest;
  row.status = answer.status;
  row.headers = answer.headers;
  row.body = answer.body;
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
