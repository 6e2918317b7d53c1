// One round of the scheduler (queue_order.h: what people see and change of the queue).
#pragma once

#include <utility>
#include <vector>

#include "commands/leases.h"

namespace dure::commands {

struct ScheduleCount {
  std::int64_t started = 0;
  std::int64_t refused = 0;
  std::int64_t waiting = 0;
  std::int64_t stopped = 0;
  std::vector<std::pair<model::RunId, base::Reason>> unreadable;  // that stand aside, with the cause
};

// Decides for everything that waits (queue/decide.h) and writes what follows in one transaction: replicas and
// shares of what starts, the reason and the estimate of what waits, the end of what can never run, the
// order to stop for what holds borrowed capacity that is asked back (runs.h, preempt_run). The
// transaction checks the lease and, once more, that no card is given out twice. A run whose rows cannot be
// read waits with queue.unreadable, and operators have one event "run.unreadable" of it; the others go on.
base::Result<ScheduleCount> schedule(World& world, const HeldLease& lease);

}  // namespace dure::commands
