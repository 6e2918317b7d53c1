// The use of one allocation as the ledger and the nodes know it, cycle by cycle (H3, H5;
// programme/utilisation.h).
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/award.h"
#include "model/use_review.h"
#include "policy/pack.h"
#include "programme/utilisation.h"

namespace dure::commands {

// One row for each period in which the allocation is in use up to now; those in which it is not are left out.
base::Result<std::vector<model::UtilisationRow>> measure_use(
    Work& work, const model::Allocation& allocation, const policy::Pack& pack,
    const std::vector<programme::UsePeriod>& periods);

// The whole GPU hours that the application plans for each quarter of the use (H5); empty where the pack does
// not compare with a plan, or there is none.
base::Result<std::vector<std::int64_t>> plan_of_use(Work& work, const model::Allocation& allocation,
                                                    const policy::Pack& pack);

// The time in which it could not be used: set-up grace and outages, as far as the pack excepts them, and what
// the centre itself held still. Spans may overlap.
base::Result<std::vector<programme::UseSpan>> exempt_of(Work& work, const model::Allocation& allocation,
                                                        const policy::Pack& pack);

// The pool of the pack that the allocation is of; a default one where the pack has it no more.
policy::Pool pool_of(const policy::Pack& pack, const model::Allocation& allocation);

// Those that may be used on their days: in set-up, active, or near their end (queue::may_run()).
ports::Query in_use();

// Whether its pool is reviewed at all (H3: shared pools may be left out).
bool is_reviewed(const policy::Pack& pack, const model::Allocation& allocation);

}  // namespace dure::commands
