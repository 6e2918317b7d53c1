// The register of demand is served by itself: whatever makes room (a batch that opens, a use that ends, is
// cut or reclaimed, a reservation that is cancelled) or brings another who waits, the next round finds it,
// for it compares what waits with what is free, and not what happened (B13, F7, C8).
#pragma once

#include "commands/kept_dates.h"

namespace dure::commands {

// For the keeper's loop. In programmes whose pack says `call.demand_register`, those who fit are offered what
// is free, in their turn, at most kMostOffersARound of them a round, one transaction each; a centre in which
// nobody fits writes nothing. Fails only where the lease is lost, or the store.
inline constexpr std::size_t kMostOffersARound = 50;
base::Result<KeptDates> keep_demand(World& world, const HeldLease& lease);

}  // namespace dure::commands
