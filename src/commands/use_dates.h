// What time brings to reviews of use, suspicions and cases: reviews of the running cycle are opened and
// measured, what was decided takes effect, idle use is warned of and taken back (H1), signs of misuse become
// suspicions, duties that were not done become cases (J4, J5), cases move on and expire. One row and one
// transaction at a time (kept_dates.h).
#pragma once

#include "commands/kept_dates.h"

namespace dure::commands {

// For the keeper's loop. Fails only where the lease is lost, or the store.
base::Result<KeptDates> keep_use(World& world, const HeldLease& lease);

}  // namespace dure::commands
