// The loops of dured, one function per loop body. Level-triggered: each compares and converges.
#pragma once

#include "notices/retry.h"
#include "ports/messages.h"
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
// Makes messages of events and of the days that come (commands/notice_making.h, notice_ahead.h).
LoopBody notice_body(commands::World& world);
// Sends them (commands/notice_sending.h). `channels` outlives the loop.
LoopBody courier_body(commands::World& world, ports::MessageChannels& channels,
                      const notices::Retries& retries);

}  // namespace dure::server
