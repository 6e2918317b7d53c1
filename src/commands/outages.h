// What moves the dates of allocations and obligations: the days that pass, and the outages that are given
// back.
#pragma once

#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// Brings the states of allocations and obligations up to the day (planned -> active -> ended, scheduled ->
// due -> overdue) and gives outages back, also to allocations that ended while one lasted. How many rows
// changed. For the keeper's loop.
base::Result<std::int64_t> keep_dates(Work& work);

// The same for one allocation, whose period was changed, and what is owed for it.
base::Result<model::Allocation> keep_dates_of(Work& work, const model::AllocationId& id);

// Outages: begun and ended by an operator; their time is given back to every allocation that lost it (F6,
// P26): those whose pool has one of the outage's nodes, or all for an outage of the whole centre.
base::Result<model::Outage> begin_outage(Work& work, const model::BeginOutage& command);
base::Result<model::Outage> end_outage(Work& work, const model::OutageId& id);

// The same without asking who does it, for what was planned by somebody who may, at the instants that were
// planned. finish_outage() ends it alone: the next keep_dates() gives the time back. close_outage() gives it
// back at once. Both do nothing with one that is over. REQUIRES: began_at and ended_at are not in the future.
base::Result<model::Outage> open_outage(Work& work, const model::BeginOutage& command,
                                        base::Instant began_at);
base::Result<model::Outage> finish_outage(Work& work, model::Outage outage, base::Instant ended_at);
base::Result<model::Outage> close_outage(Work& work, model::Outage outage, base::Instant ended_at);

}  // namespace dure::commands
