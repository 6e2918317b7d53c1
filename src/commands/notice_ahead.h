// What comes on a day and is told ahead of it, by the lead days of the packs: the end of an allocation and of
// its data, a report that falls due, a password that grows old, an invoice, intake that closes, the end of a
// programme (B2, F5, G3, K2, L1, L2).
//
// Once a day of each programme, in one transaction with the day up to which it was done: a centre that stood
// for days tells once of all that it missed, and nothing after the day itself.
#pragma once

#include <cstdint>

#include "commands/leases.h"

namespace dure::commands {

// Gives the messages made. Fails only as the store does, and where the lease is lost.
base::Result<std::int64_t> make_notices_ahead(World& world, const HeldLease& lease);

}  // namespace dure::commands
