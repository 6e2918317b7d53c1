// What comes on a day and is told ahead of it, by the lead days of the packs: the end of an allocation and of
// its data, idle use that is taken back, a report that falls due, a password that grows old, an invoice,
// intake that closes, the end of a programme (B2, F5, G3, H1, K2, L1, L2).
//
// Once a day of each programme, a page of rows at a time in a transaction of its own; when all is done the
// day is marked. Whatever is killed in between begins the day again, and makes no message twice: each is made
// once for a lead day, also where that had passed when the day was settled or while the centre stood. Nothing
// is told after the day itself.
#pragma once

#include <cstdint>

#include "commands/leases.h"

namespace dure::commands {

// Gives the messages made. Fails only as the store does, and where the lease is lost.
base::Result<std::int64_t> make_notices_ahead(World& world, const HeldLease& lease);

}  // namespace dure::commands
