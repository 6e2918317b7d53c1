// Sending what is due, each message once (P13).
//
// Three steps, each of which may be the last that a killed process makes: the message is claimed, in a
// transaction; it is sent; what became of it is written, in another. Killed before the peer took it, or while
// it did, the message stays claimed; it is taken up again after longer than any try may last, under the same
// key, by which mail and our own webhook tell that it is the same. A holder that lost its lease while it sent
// still writes what became of it: the claim is its own until that time is over.
#pragma once

#include <cstdint>

#include "commands/leases.h"
#include "notices/retry.h"
#include "ports/messages.h"

namespace dure::commands {

struct SendCount {
  std::int64_t sent = 0;
  std::int64_t again = 0;   // tried, and to be tried again
  std::int64_t failed = 0;  // given up
  std::int64_t all() const { return sent + again + failed; }
};

// Sends of each channel at most `limit` messages that are due, the longest due first and the channels in
// turn, until `budget` is used up; then as long those of the channels whose peer failed before. A channel
// that is not set up or did not answer is left alone until the next call, and its messages wait. `tried` is
// called after each, for the log; it must not throw. Fails only as the store does, and where the lease is
// lost.
base::Result<SendCount> send_notices(World& world, const HeldLease& lease, ports::MessageChannels& channels,
                                     const notices::Retries& retries, std::int64_t limit, base::Span budget,
                                     const std::function<void(const model::Notification&)>& tried = {});

}  // namespace dure::commands
