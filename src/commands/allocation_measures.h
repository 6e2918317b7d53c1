// What reviews and sanctions do to an allocation: it rests, goes on, is taken back, becomes smaller or larger
// (H2, H4, J1). Part of the command that decides it: no permission of their own. What it had running is told
// to stop in the same transaction.
#pragma once

#include <string>

#include "commands/work.h"
#include "model/award.h"
#include "model/use_review.h"
#include "policy/pack.h"

namespace dure::commands {

// The allocation rests and nothing runs on it. Does nothing where it rests already. Refuses (kConflict)
// "state.not_from_this_state" where it is not in use.
base::Status stop_use(Work& work, const model::AllocationId& id, const std::string& ground);

// It goes on, unless something else still holds it (another case, another open suspicion), or it is over.
base::Status resume_use(Work& work, const model::AllocationId& id, const std::string& ground);

// It is taken back for good, and its award ends; what it had is free for others. Does nothing where it is
// over.
base::Status reclaim_use(Work& work, const model::AllocationId& id, const std::string& ground);

// The measure of a review. Days before it are billed by the amount that they had. More is given only where
// the pool has it; of what runs, the newest beyond a smaller limit is stopped, and waits again. Refuses
// (kConflict) "utilisation.allocation_over" {state}, "supply.no_capacity".
base::Result<model::Allocation> change_use(Work& work, const model::AllocationId& id,
                                           model::UseMeasure measure, std::int64_t blocks,
                                           const policy::Pack& pack, const std::string& ground);

}  // namespace dure::commands
