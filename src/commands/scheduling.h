// The queue: one round of the scheduler, and what people see and change of it.
#pragma once

#include <vector>

#include "commands/leases.h"
#include "model/requests.h"

namespace dure::commands {

struct ScheduleCount {
  std::int64_t started = 0;
  std::int64_t refused = 0;
  std::int64_t waiting = 0;
};

// Decides for everything that waits (queue/decide.h) and writes what follows in one transaction: replicas and
// shares of what starts, the reason and the estimate of what waits, the end of what can never run. The
// transaction checks the lease and, once more, that no card is given out twice.
base::Result<ScheduleCount> schedule(World& world, const HeldLease& lease);

// What waits and the caller may see, in the order of the queue; positions count everything that waits.
base::Result<std::vector<model::QueueItem>> list_queue(Work& work);

// Who would move by how much if the run got that priority (F13). Permission: queue.reorder.
base::Result<std::vector<model::QueueMove>> preview_move(Work& work, const model::RunId& id,
                                                         const model::MoveRun& command);
base::Result<model::Run> move_run(Work& work, const model::RunId& id, const model::MoveRun& command);

}  // namespace dure::commands
