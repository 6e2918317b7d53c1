// What pools have in service and what is given of them (invariant 1, A7), and the table of the supply (A10).
#pragma once

#include <optional>

#include <string>
#include <vector>

#include "commands/work.h"
#include "model/supply_requests.h"
#include "supply/capacity.h"

namespace dure::commands {

// One pool of a programme: the batches that serve it, and what is given of it.
struct PoolCapacity {
  std::vector<model::CapacityBatch> batches;
  std::vector<supply::Claim> claims;
};
base::Result<PoolCapacity> load_pool(Work& work, const model::ProgrammeId& programme,
                                     const std::string& pool);

// Whether the allocation fits into what its pool has in service, on each of its days from today on, beside
// all others and the reservations of beneficiaries. Asked in the transaction that gives it. A programme that
// knows no supply (its pack does not speak of it, and no batch serves it) has no such limit. Refuses
// (kConflict) "supply.no_capacity". Of a new allocation: what is promised to others is no hindrance, who
// opens first has it. Of one that is changed: check_change_fits() (rankings.h).
base::Status check_capacity(Work& work, const model::Allocation& allocation, const policy::Pack& pack);

// Whether what is given of the batch's pool still fits with the batch as it is now. Refuses (kConflict)
// "supply.claims_in_the_way".
base::Status check_still_fits(Work& work, const model::CapacityBatch& changed, base::Date today);

// Of the programme's supply; of the current year where none is given. Permission: supply.read.
base::Result<model::SupplyStatus> supply_status(Work& work, const model::ProgrammeId& programme,
                                                std::optional<std::int64_t> year);

}  // namespace dure::commands
