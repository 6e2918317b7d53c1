// The deletion of what is left after the end, as people steer it and as the clock carries it out (L1, L3,
// R12, invariant 17; programme/deletion.h says which step is due).
#pragma once

#include "commands/kept_dates.h"
#include "commands/work.h"
#include "model/closure_requests.h"
#include "model/outcome_requests.h"

namespace dure::commands {

// An account whose use is over is deleted, after the pack's time of notice. Permission: deletions.manage.
// Refuses (kConflict) "deletion.staff_account", "deletion.account_in_use" {allocation}: an allocation of a
// project in which it works is not over; (kInvalid) "outcome.text_missing". One that is there already is
// given back.
base::Result<model::DeletionJob> offboard_account(Work& work, const model::AccountId& id,
                                                  const model::GiveGround& command);

// The same permission. A hold binds every job over the same things. One without kinds stops
// the whole until it is released or its last day is over; one with kinds leaves those things out of it, and
// what it left out gets a job of its own when it ends. Refuse (kConflict) "deletion.begun" {state} once the
// job has begun to destroy.
base::Result<model::RetentionHold> place_hold(Work& work, const model::DeletionJobId& id,
                                              const model::PlaceHold& command);
base::Result<model::RetentionHold> release_hold(Work& work, const model::RetentionHoldId& id,
                                                const model::GiveGround& command);
base::Result<model::DeletionJob> cancel_deletion(Work& work, const model::DeletionJobId& id,
                                                 const model::GiveGround& command);

// Makes the jobs of allocations whose deletion is near, and takes every open job as far as it goes now: each
// step in a transaction of its own, by the state of the rows alone. For the keeper's loop.
base::Result<KeptDates> keep_deletions(World& world, const HeldLease& lease);

}  // namespace dure::commands
