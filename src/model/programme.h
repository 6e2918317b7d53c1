// Programmes, the versions of their policy, and calls.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

struct Programme {
  ProgrammeId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string code;  // "s0-regional-centre", unique
  std::string name;
  std::string name_en;
  std::string zone;                                       // "Asia/Seoul"
  std::optional<PolicyVersionId> policy_version_id;       // in force
  std::optional<PolicyVersionId> next_policy_version_id;  // comes into force on its day (M3)
  std::optional<base::Date> ends_on;                      // last day of support, once it is announced (L2)
  std::optional<base::Instant> ended_at;                  // support was ended
};
DURE_FIELDS(Programme, "programmes", field("id", &Programme::id), field("version", &Programme::version),
            field("created_at", &Programme::created_at), field("updated_at", &Programme::updated_at),
            field("code", &Programme::code), field("name", &Programme::name),
            field("name_en", &Programme::name_en), field("zone", &Programme::zone),
            field("policy_version_id", &Programme::policy_version_id),
            field("next_policy_version_id", &Programme::next_policy_version_id),
            field("ends_on", &Programme::ends_on), field("ended_at", &Programme::ended_at));

// A policy pack as it was loaded: immutable. `text` is the merged pack in canonical form, `hash` its SHA-256.
struct PolicyVersion {
  PolicyVersionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::optional<ProgrammeId> programme_id;
  std::string pack_version;
  std::string hash;
  std::string text;
  std::optional<base::Date> effective_from;
  std::optional<base::Date> ends_on;  // last day on which a decision may cite it (M7)
  std::string end_event;              // what ended it; "" = the day alone
  std::string end_ground;
};
DURE_FIELDS(PolicyVersion, "policy_versions", field("id", &PolicyVersion::id),
            field("version", &PolicyVersion::version), field("created_at", &PolicyVersion::created_at),
            field("updated_at", &PolicyVersion::updated_at),
            field("programme_id", &PolicyVersion::programme_id),
            field("pack_version", &PolicyVersion::pack_version), field("hash", &PolicyVersion::hash),
            field("text", &PolicyVersion::text), field("effective_from", &PolicyVersion::effective_from),
            field("ends_on", &PolicyVersion::ends_on), field("end_event", &PolicyVersion::end_event),
            field("end_ground", &PolicyVersion::end_ground));

enum class CallKind { kFixed, kRolling };
DURE_ENUM(CallKind, DURE_NAME(kFixed, "fixed"), DURE_NAME(kRolling, "rolling"));
enum class CallState {
  kDraft,
  kAnnounced,
  kOpen,
  kClosingEarly,
  kClosed,
  kScreening,
  kEvaluating,
  kDecided,
  kArchived
};
DURE_ENUM(CallState, DURE_NAME(kDraft, "draft"), DURE_NAME(kAnnounced, "announced"), DURE_NAME(kOpen, "open"),
          DURE_NAME(kClosingEarly, "closing_early"), DURE_NAME(kClosed, "closed"),
          DURE_NAME(kScreening, "screening"), DURE_NAME(kEvaluating, "evaluating"),
          DURE_NAME(kDecided, "decided"), DURE_NAME(kArchived, "archived"));

struct Call {
  CallId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::string title;
  CallKind kind = CallKind::kRolling;
  CallState state = CallState::kDraft;
  std::optional<base::Instant> opens_at;
  std::optional<base::Instant> closes_at;
};
DURE_FIELDS(Call, "calls", field("id", &Call::id), field("version", &Call::version),
            field("created_at", &Call::created_at), field("updated_at", &Call::updated_at),
            field("programme_id", &Call::programme_id), field("title", &Call::title),
            field("kind", &Call::kind), field("state", &Call::state), field("opens_at", &Call::opens_at),
            field("closes_at", &Call::closes_at));

}  // namespace dure::model
