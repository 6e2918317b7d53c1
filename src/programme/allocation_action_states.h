// States of an action on an allocation: extension, supplement, reduction, transfer, renewal, outage
// extension, adjustment, reclaim (F2, F6, F11, H4). The table is the machine: what is not in it does not
// happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/allocation_action.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::AllocationActionState;
enum class AllocationActionEvent { kCheck, kReject, kWithdraw, kApprove, kApply };

const StateTable<AllocationActionState, AllocationActionEvent>& allocation_action_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<AllocationActionState> next(AllocationActionState from, AllocationActionEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::AllocationActionEvent, DURE_NAME(kCheck, "check"), DURE_NAME(kReject, "reject"),
          DURE_NAME(kWithdraw, "withdraw"), DURE_NAME(kApprove, "approve"), DURE_NAME(kApply, "apply"));

}  // namespace dure::model
