// Messages from what happened: each event of the outbox once, in its order, and what comes on a day, ahead of
// it (M4, P13, D5, G3, H1, L2).
//
// The messages of a piece of the outbox are written in one transaction with the mark up to which it is read:
// whenever the process is killed, an event was told wholly or will be. An event whose rows cannot be read is
// told in the catalogue's general words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "commands/leases.h"
#include "commands/notice_happening.h"

namespace dure::commands {

// Makes the messages of the events that were numbered since, at most `limit` of them; gives the messages
// made. Fails only as the store does, and where the lease is lost.
base::Result<std::int64_t> make_notices(World& world, const HeldLease& lease, std::int64_t limit);

// The messages of what comes on a day (Happening::on), written in the caller's transaction: those that are
// due and were not made before, so that it may be asked again at any time. Gives the messages made.
base::Result<std::int64_t> tell_ahead(Work& work, const std::vector<Happening>& coming);

}  // namespace dure::commands
