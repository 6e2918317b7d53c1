// Leased roles of background loops (decision 6): at most one holder of a role at a time, over all replicas of
// dured.
//
// A loop acquires or renews before each round and checks its fencing number in every transaction of the
// round: a holder that slept past its lease finds that the number has grown, and its transaction is refused.
#pragma once

#include <optional>
#include <string>

#include "commands/work.h"

namespace dure::commands {

struct HeldLease {
  std::string role;
  std::string holder;
  std::int64_t fencing = 0;
};

// Takes the role, or renews it where `holder` has it; none while another's lease runs. `fresh`: the holder
// has just begun, and whatever it did under its name before is over: the fencing number grows.
base::Result<std::optional<HeldLease>> acquire_lease(World& world, const std::string& role,
                                                     const std::string& holder, base::Span length,
                                                     bool fresh = false);

// kConflict "lease.lost" where the role has passed on since.
base::Status check_lease(Work& work, const HeldLease& lease);

// Gives the role back at once (on a graceful stop).
base::Status release_lease(World& world, const HeldLease& lease);

}  // namespace dure::commands
