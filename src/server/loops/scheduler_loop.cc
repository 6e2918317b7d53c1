#include <spdlog/spdlog.h>

#include "commands/maintenance.h"
#include "commands/reservations.h"
#include "commands/scheduling.h"
#include "server/loops/loops.h"

namespace dure::server {

namespace {

using KeepDates = base::Result<commands::KeptDates>(commands::World&, const commands::HeldLease&);

// What cannot be kept is logged, and tried again in the next round; it does not keep the queue from being
// decided. Fails only where the lease is lost.
base::Status keep(const char* what, KeepDates* step, commands::World& world,
                  const commands::HeldLease& lease) {
  const auto kept = step(world, lease);
  if (!kept && kept.failure().reason.code == "lease.lost") return kept.failure();
  if (!kept) spdlog::error("scheduler: {} cannot be kept: {}", what, kept.failure().reason.code);
  if (!kept) return {};
  for (const auto& [id, cause] : kept->failed)
    spdlog::error("scheduler: {}/{} cannot be kept: {}", what, id, cause.code);
  return {};
}

}  // namespace

LoopBody scheduler_body(commands::World& world) {
  return [&world](const commands::HeldLease& lease) -> base::Status {
    // First: at the end of a window its node is open again.
    DURE_TRY(keep("maintenance-windows", commands::keep_windows, world, lease));
    DURE_TRY(keep("reservations", commands::keep_reservations, world, lease));
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
