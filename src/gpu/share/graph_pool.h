// What a process knows of a card's memory of graphs, beside what it is charged for it (pool_charge.h): see
// graph_memory.h.
#pragma once

#include <stdint.h>

namespace dure::gpu::share {

// Changed under the lock of the pool's PoolCharge; `unreserved` is also read without it.
struct GraphPool {
  uint64_t kept;        // units that it had when it was last settled
  uint64_t needs;       // units that all executable graphs need, added up
  uint64_t left;        // and those that were destroyed since it was last empty
  uint64_t stream;      // in which graphs that free what they allocate were last launched
  uint32_t unreserved;  // launches under way that have less reserved than they need
};

}  // namespace dure::gpu::share
