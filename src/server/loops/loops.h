// The loops of dured, one function per loop body. Level-triggered: each compares and converges.
#pragma once

#include "server/event_hub.h"
#include "server/loops/loop.h"

namespace dure::server {

// Closes and opens nodes as planned (commands/maintenance.h); starts what fits, says why the rest waits
// (commands/scheduling.h).
LoopBody scheduler_body(commands::World& world);
// Numbers and chains audit and events (commands/audit.h), then rings for them to be sent on.
LoopBody sealer_body(commands::World& world, EventHub& hub);
// What only time brings: time limits, lost nodes, ended allocations, due reports, old passwords, old answers.
LoopBody keeper_body(commands::World& world);

}  // namespace dure::server
