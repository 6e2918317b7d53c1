// What a project asks to be changed of an allocation that runs: a later end, more, or less (F2; S0 article
// 4(2)1, 4(5), S1 page 5; governance 5.3).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/application.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

enum class AllocationActionKind { kExtension, kSupplement, kReduction };
DURE_ENUM(AllocationActionKind, DURE_NAME(kExtension, "extension"), DURE_NAME(kSupplement, "supplement"),
          DURE_NAME(kReduction, "reduction"));

enum class AllocationActionState { kRequested, kChecked, kApproved, kRejected, kApplied, kWithdrawn };
DURE_ENUM(AllocationActionState, DURE_NAME(kRequested, "requested"), DURE_NAME(kChecked, "checked"),
          DURE_NAME(kApproved, "approved"), DURE_NAME(kRejected, "rejected"), DURE_NAME(kApplied, "applied"),
          DURE_NAME(kWithdrawn, "withdrawn"));

struct AllocationAction {
  AllocationActionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  AllocationActionKind kind = AllocationActionKind::kSupplement;
  AllocationActionState state = AllocationActionState::kRequested;
  std::int64_t blocks = 0;            // more of a supplement, less of a reduction
  std::optional<base::Date> ends_on;  // of an extension: the last day of use, outages left out
  base::Date starts_on;               // the first day on which it holds
  std::string reason;
  std::string requested_by;
  std::vector<base::Reason> findings;  // what stood against it when it was asked for
  std::string ground;                  // of the decision
  std::string decided_by;
  std::optional<base::Instant> decided_at;
  std::optional<base::Instant> applied_at;
  std::int64_t blocks_before = 0;  // once it is applied
  std::int64_t blocks_after = 0;
  std::optional<base::Date> ends_on_before;
  std::string policy_hash;
};
DURE_FIELDS(AllocationAction, "allocation_actions", field("id", &AllocationAction::id),
            field("version", &AllocationAction::version), field("created_at", &AllocationAction::created_at),
            field("updated_at", &AllocationAction::updated_at),
            field("programme_id", &AllocationAction::programme_id),
            field("project_id", &AllocationAction::project_id),
            field("allocation_id", &AllocationAction::allocation_id), field("kind", &AllocationAction::kind),
            field("state", &AllocationAction::state), field("blocks", &AllocationAction::blocks),
            field("ends_on", &AllocationAction::ends_on), field("starts_on", &AllocationAction::starts_on),
            field("reason", &AllocationAction::reason),
            field("requested_by", &AllocationAction::requested_by),
            field("findings", &AllocationAction::findings), field("ground", &AllocationAction::ground),
            field("decided_by", &AllocationAction::decided_by),
            field("decided_at", &AllocationAction::decided_at),
            field("applied_at", &AllocationAction::applied_at),
            field("blocks_before", &AllocationAction::blocks_before),
            field("blocks_after", &AllocationAction::blocks_after),
            field("ends_on_before", &AllocationAction::ends_on_before),
            field("policy_hash", &AllocationAction::policy_hash));

struct RequestAllocationAction {
  AllocationId allocation_id;
  AllocationActionKind kind = AllocationActionKind::kSupplement;
  std::int64_t blocks = 0;
  std::optional<base::Date> ends_on;
  std::optional<base::Date> starts_on;  // today, where left out
  std::string reason;
};
DURE_VALUE_FIELDS(RequestAllocationAction, field("allocation_id", &RequestAllocationAction::allocation_id),
                  field("kind", &RequestAllocationAction::kind),
                  field("blocks", &RequestAllocationAction::blocks, Range{0, kMostBlocks}),
                  field("ends_on", &RequestAllocationAction::ends_on),
                  field("starts_on", &RequestAllocationAction::starts_on),
                  field("reason", &RequestAllocationAction::reason));

struct DecideAllocationAction {
  bool approve = false;
  std::string ground;
};
DURE_VALUE_FIELDS(DecideAllocationAction, field("approve", &DecideAllocationAction::approve),
                  field("ground", &DecideAllocationAction::ground));

}  // namespace dure::model
