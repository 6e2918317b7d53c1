// A later end, more, or less of an allocation that runs: asked for by its project, decided by an officer (F2,
// F14; programme/allocation_action.h, allocation_action_states.h).
//
// All of them refuse what access::authorize() refuses, numbers out of range and texts with a resident number.
#pragma once

#include "commands/kept_dates.h"
#include "commands/work.h"
#include "model/allocation_action.h"

namespace dure::commands {

// What the pack never lets be is refused at once; what stands against it only now (the pool has no slack) is
// kept as its findings, for who decides. Refuses what programme::check_action() refuses; (kInvalid)
// "allocation_action.reason_missing"; (kConflict) "allocation_action.open" {kind, state}: one of a kind at a
// time. Permission: allocations.ask.
base::Result<model::AllocationAction> request_action(Work& work,
                                                     const model::RequestAllocationAction& command);

// Approved only as far as the pool has slack on every day of it, and applied on its first day: at once where
// that has come, and a later end always at once. Decided so before, nothing happens. Refuses what
// programme::check_action() refuses; (kInvalid) "allocation_action.ground_missing"; (kConflict)
// "state.not_from_this_state", "supply.no_capacity", "allocation_action.no_slack" {asked, free}. Permission:
// allocations.manage.
base::Result<model::AllocationAction> decide_action(Work& work, const model::AllocationActionId& id,
                                                    const model::DecideAllocationAction& command);

// By who may ask, before it is decided. Permission: allocations.ask.
base::Result<model::AllocationAction> withdraw_action(Work& work, const model::AllocationActionId& id);

// Those approved whose first day has come are applied, each in a transaction of its own, or rejected where
// they no longer can be. By the keeper.
base::Result<KeptDates> keep_actions(World& world, const HeldLease& lease);

}  // namespace dure::commands
