// Who of the container uses a card, by the share's books, and how much: what NVML's wrappers tell of
// processes. The books know processes by the ids that they have inside, which NVML, asked from inside a
// container, does not.
//
// A process that has a slot uses a card where it holds memory of it or has a context on it. One of another
// process id namespace is left out: its id would be another's here.
#pragma once

#include <stdint.h>

#include "gpu/share/share_nvml.h"

namespace dure::gpu::share {

struct CardUser {
  uint32_t pid;
  uint32_t percent;  // of what the container may use of the card, lately (utilisation.h)
  uint64_t bytes;
  unsigned card;
};

struct CardUsers {
  static constexpr unsigned kMost = DURE_MAX_PROCESSES;
  unsigned count;
  CardUser user[kMost];
};

// Of those cards (bits), card by card; at most kMost. `users` is filled from its beginning.
void list_users(const ShareFiles& share, uint32_t cards, CardUsers* users) noexcept;

// The container's utilisation of those cards, in per cent of what it may use: of several, the mean.
uint32_t utilisation_of(const ShareFiles& share, uint32_t cards) noexcept;

}  // namespace dure::gpu::share
