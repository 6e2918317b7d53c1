// Allocations that nobody enters or uses (H1; S0 article 10(3)): the warning, and what came of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

struct IdleWarning;
using IdleWarningId = base::Id<IdleWarning>;

// What the pack says that follows (utilisation.idle_measure), where anything does.
enum class IdleMeasure { kReview, kReclaim, kDeleteAccount };
DURE_ENUM(IdleMeasure, DURE_NAME(kReview, "review"), DURE_NAME(kReclaim, "reclaim"),
          DURE_NAME(kDeleteAccount, "delete_account"));

// Its table is programme/idle_warning_states.h.
enum class IdleWarningState { kWarned, kDue, kEnded, kCarriedOut, kLapsed };
DURE_ENUM(IdleWarningState, DURE_NAME(kWarned, "warned"), DURE_NAME(kDue, "due"), DURE_NAME(kEnded, "ended"),
          DURE_NAME(kCarriedOut, "carried_out"), DURE_NAME(kLapsed, "lapsed"));

// The project was told that its allocation is idle, and what follows where it stays so. At most one of an
// allocation is open (closed_at is not set).
struct IdleWarning {
  IdleWarningId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  IdleWarningState state = IdleWarningState::kWarned;
  bool no_login = false;
  bool no_use = false;
  base::Date idle_since;                       // last sign of what was missed, or the first day of use
  std::optional<base::Instant> last_login_at;  // of anybody of the project, as of the warning
  std::optional<base::Instant> last_used_at;
  base::Date warned_on;
  base::Date last_day;  // on which a log-in or use keeps it; the measure comes after that day
  IdleMeasure measure = IdleMeasure::kReview;
  std::vector<base::Reason> reasons;  // with the figures and the rule
  std::optional<base::Instant> closed_at;
  std::string closed_by;
  std::string ground;  // of a person who ended it or carried it out
  std::string policy_hash;
};
DURE_FIELDS(IdleWarning, "idle_warnings", field("id", &IdleWarning::id),
            field("version", &IdleWarning::version), field("created_at", &IdleWarning::created_at),
            field("updated_at", &IdleWarning::updated_at), field("programme_id", &IdleWarning::programme_id),
            field("project_id", &IdleWarning::project_id),
            field("allocation_id", &IdleWarning::allocation_id), field("state", &IdleWarning::state),
            field("no_login", &IdleWarning::no_login), field("no_use", &IdleWarning::no_use),
            field("idle_since", &IdleWarning::idle_since),
            field("last_login_at", &IdleWarning::last_login_at),
            field("last_used_at", &IdleWarning::last_used_at), field("warned_on", &IdleWarning::warned_on),
            field("last_day", &IdleWarning::last_day), field("measure", &IdleWarning::measure),
            field("reasons", &IdleWarning::reasons), field("closed_at", &IdleWarning::closed_at),
            field("closed_by", &IdleWarning::closed_by), field("ground", &IdleWarning::ground),
            field("policy_hash", &IdleWarning::policy_hash));

// How an allocation stands now by the pack's rule on idle use.
struct Idleness {
  AllocationId allocation_id;
  std::optional<std::int64_t> idle_days;  // of the pack; none: it has no such rule
  std::optional<IdleMeasure> measure;
  std::optional<base::Instant> last_login_at;
  std::optional<base::Instant> last_used_at;
  std::optional<base::Date> idle_since;
  std::optional<base::Date> idle_on;   // the day on which the idle days are full, as it stands now
  bool idle = false;                   // they are
  std::optional<IdleWarning> warning;  // that is open
};
DURE_VALUE_FIELDS(Idleness, field("allocation_id", &Idleness::allocation_id),
                  field("idle_days", &Idleness::idle_days), field("measure", &Idleness::measure),
                  field("last_login_at", &Idleness::last_login_at),
                  field("last_used_at", &Idleness::last_used_at), field("idle_since", &Idleness::idle_since),
                  field("idle_on", &Idleness::idle_on), field("idle", &Idleness::idle),
                  field("warning", &Idleness::warning));

}  // namespace dure::model
