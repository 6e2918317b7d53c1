#include <spdlog/spdlog.h>

#include "commands/maintenance.h"
#include "commands/reservations.h"
#include "commands/scheduling.h"
#include "server/loops/loops.h"

namespace dure::server {

LoopBody scheduler_body(commands::World& world) {
  return [&world](const commands::HeldLease& lease) -> base::Status {
    DURE_TRY(commands::keep_windows(world, lease));  // first: at its end a node is open again
    DURE_TRY(commands::keep_reservations(world, lease));
    DURE_LET(count, commands::schedule(world, lease));
    if (count.started + count.refused + count.stopped > 0)
      spdlog::info("scheduler: {} started, {} refused, {} told to stop, {} waiting", count.started,
                   count.refused, count.stopped, count.waiting);
    for (const auto& [run, cause] : count.unreadable)
      spdlog::error("scheduler: run {} stands aside, its rows cannot be read: {}", run.text, cause.code);
    return {};
  };
}

}  // namespace dure::server
