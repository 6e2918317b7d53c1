// What every command leaves behind in its transaction, and the state that loops and edges keep.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// Who did what to which resource, from where, and whose data it was (governance R1). Inserted unsealed
// (position 0); the sealer numbers and chains it within a second (decision 7). The chain covers
// `personal_digest`, a salted hash of the personal fields, which lie in `personal` and can be erased without
// breaking the chain.
struct AuditEntry {
  base::Id<AuditEntry> id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::int64_t position = 0;
  std::string actor;     // "accounts/<id>", "nodes/<id>", "rule", "loop/<role>", "anonymous"
  std::string action;    // "applications.submit"
  std::string resource;  // "applications/<id>"
  std::string scope;     // "programmes/<id>", … by which it is filtered
  std::string subject;   // whose data, where it is personal: "people/<id>", …
  std::string outcome;   // "done" or the reason's code
  std::string request_id;
  std::string detail;    // JSON text, no personal data
  std::string personal;  // JSON text: address, names; erasable
  std::string personal_salt;
  std::string personal_digest;
  std::string previous_hash;
  std::string hash;
};
DURE_FIELDS(AuditEntry, "audit_entries", field("id", &AuditEntry::id), field("version", &AuditEntry::version),
            field("created_at", &AuditEntry::created_at), field("updated_at", &AuditEntry::updated_at),
            field("position", &AuditEntry::position), field("actor", &AuditEntry::actor),
            field("action", &AuditEntry::action), field("resource", &AuditEntry::resource),
            field("scope", &AuditEntry::scope), field("subject", &AuditEntry::subject),
            field("outcome", &AuditEntry::outcome), field("request_id", &AuditEntry::request_id),
            field("detail", &AuditEntry::detail),
            field("personal", &AuditEntry::personal, Visibility::kPersonal),
            field("personal_salt", &AuditEntry::personal_salt, Visibility::kSecret),
            field("personal_digest", &AuditEntry::personal_digest),
            field("previous_hash", &AuditEntry::previous_hash), field("hash", &AuditEntry::hash));

// What changed (the outbox): inserted with position 0, numbered by the sealer; streams resume by position.
struct Event {
  base::Id<Event> id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::int64_t position = 0;
  std::string type;          // "run.queued"
  std::string resource;      // "runs/<id>"
  std::string programme_id;  // scope, by which streams are filtered; "" where it has none
  std::string project_id;
  std::string application_id;
  std::string account_id;
  std::string data;  // JSON text, no personal data
};
DURE_FIELDS(Event, "events", field("id", &Event::id), field("version", &Event::version),
            field("created_at", &Event::created_at), field("updated_at", &Event::updated_at),
            field("position", &Event::position), field("type", &Event::type),
            field("resource", &Event::resource), field("programme_id", &Event::programme_id),
            field("project_id", &Event::project_id), field("application_id", &Event::application_id),
            field("account_id", &Event::account_id), field("data", &Event::data));

// The answer to a write that carried an Idempotency-Key, so that a retry gets the same answer.
struct IdempotencyKey {
  base::Id<IdempotencyKey> id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string owner;  // actor
  std::string key;
  std::string request_digest;  // of method, target and body: another request under the same key is refused
  std::int64_t status = 0;
  std::string headers;  // "Name: value\n" each
  std::string body;
  base::Instant expires_at;
};
DURE_FIELDS(IdempotencyKey, "idempotency_keys", field("id", &IdempotencyKey::id),
            field("version", &IdempotencyKey::version), field("created_at", &IdempotencyKey::created_at),
            field("updated_at", &IdempotencyKey::updated_at), field("owner", &IdempotencyKey::owner),
            field("key", &IdempotencyKey::key), field("request_digest", &IdempotencyKey::request_digest),
            field("status", &IdempotencyKey::status), field("headers", &IdempotencyKey::headers),
            field("body", &IdempotencyKey::body), field("expires_at", &IdempotencyKey::expires_at));

// A loop's leased role (decision 6). `fencing` grows with each new holder; a transaction of the loop checks
// that it still holds the role with the number that it got.
struct LoopLease {
  base::Id<LoopLease> id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string role;  // "scheduler", "sealer", "meter", …
  std::string holder;
  std::int64_t fencing = 0;
  base::Instant expires_at;
};
DURE_FIELDS(LoopLease, "loop_leases", field("id", &LoopLease::id), field("version", &LoopLease::version),
            field("created_at", &LoopLease::created_at), field("updated_at", &LoopLease::updated_at),
            field("role", &LoopLease::role), field("holder", &LoopLease::holder),
            field("fencing", &LoopLease::fencing), field("expires_at", &LoopLease::expires_at));

}  // namespace dure::model
