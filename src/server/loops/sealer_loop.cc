#include "commands/audit.h"
#include "server/loops/loops.h"

namespace dure::server {

LoopBody sealer_body(commands::World& world, EventHub& hub) {
  return [&world, &hub](const commands::HeldLease& lease) -> base::Status {
    DURE_LET(count, commands::seal(world, lease, world.settings.run_step_limit));
    if (count.events > 0) hub.ring();
    return {};
  };
}

}  // namespace dure::server
