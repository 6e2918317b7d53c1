// Pools of memory: see pool.cc. All with both locks held.
#pragma once

#include "gpu/fake/driver.h"

namespace dure::gpu::fake {

Pool& make_pool(Call& call, int device);
Pool& default_pool(Call& call, int device);
Pool& current_pool(Call& call, int device);
// The device's pool for the memory of graphs.
Pool& graph_pool(Call& call, int device);

// So much of the pool is idle afterwards, for `stream` (null: for anybody), or for a graph. False: there is
// not so much memory.
bool reserve_in_pool(Call& call, Pool& pool, std::uint64_t bytes, const Stream* stream,
                     const void* graph = nullptr);
// Idle memory becomes used. REQUIRES: so much is idle.
void use_pool(Pool& pool, std::uint64_t bytes);
// Used memory is free once the stream has come to this point, and before that for the stream and the graph.
void free_in_order(Pool& pool, std::uint64_t bytes, Stream& stream, const void* graph = nullptr);
// Null: there is not so much memory.
Allocation* allocate_from_pool(Call& call, Pool& pool, std::size_t bytes, Stream& stream);
// Gives back what is idle beyond `keep` bytes of reserved memory.
void trim_pool(Call& call, Pool& pool, std::uint64_t keep);

}  // namespace dure::gpu::fake
