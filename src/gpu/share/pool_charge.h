// What a process is charged for one of its pools of stream-ordered memory: see pools.h.
#pragma once

#include <stdint.h>

namespace dure::gpu::share {

inline constexpr unsigned kMostPools = 256;  // of one process

// Changed under the lock; what is also read without it (handle, units, card, state, is_free) by __atomic
// operations.
struct PoolCharge {
  uint64_t handle;     // the driver's; for the memory of graphs the device and 1. 0: free
  uint64_t units;      // charged, less what calls under way have reserved
  uint32_t lock;       // 1: a thread settles it
  uint32_t in_flight;  // calls under way that may make it grow, each with a reservation of its own
  uint32_t live;       // allocations of it
  int32_t device;
  uint8_t card;
  uint8_t state;  // enum PoolState
  uint8_t of_graphs;
  uint8_t is_free;  // not of a card's memory: nothing is charged
};

}  // namespace dure::gpu::share
