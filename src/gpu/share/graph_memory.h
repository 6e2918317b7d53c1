// The memory of graphs: what a graph allocates at its launch is reserved before, and settled after, like the
// growth of a pool (pools.h). The driver keeps it for later launches: what is charged is what it keeps.
//
// Before a launch as much is reserved as the graph needs in all (graph_needs.h), as what the driver keeps may
// be in use by others. That would refuse a graph the very memory that it has from its last launch, so nothing
// is reserved for one that is backed: it was launched since memory of graphs was last trimmed, and its memory
// is free for it, since it freed all of it, or will before it allocates (auto free). Where a backed graph
// makes the driver keep more after all, which is possible where graphs take turns in one stream and are later
// launched in several, that is paid afterwards, and nothing is launched before it is.
//
// Threads: any.
#pragma once

#include "gpu/abi/cuda.h"
#include "gpu/share/gate.h"
#include "gpu/share/graph_needs.h"
#include "gpu/share/pools.h"

namespace dure::gpu::share {

// A call under way that may make the memory of graphs grow.
class GraphGrowth {
 public:
  GraphGrowth() noexcept = default;
  GraphGrowth(const GraphGrowth&) = delete;
  GraphGrowth& operator=(const GraphGrowth&) = delete;

  // Of an executable graph. Error: CUDA_ERROR_OUT_OF_MEMORY, with nothing reserved.
  CUresult begin(CUgraphExec graph) noexcept;
  // Of one that is not made yet.
  CUresult begin(const GraphNeeds& needs) noexcept;
  // After the call; `backed`: it succeeded, and the graph has its memory now.
  void end(bool backed) noexcept;

 private:
  CUresult grow(unsigned card, uint64_t bytes) noexcept;

  Slot* slot_ = nullptr;
  CUgraphExec graph_ = nullptr;
  uint32_t trims_ = 0;
  unsigned count_ = 0;
  struct {
    PoolCharge* pool;
    uint64_t units;
  } part_[DURE_MAX_CARDS] = {};
};

// Whether a graph has memory that begin() would find.
bool is_graph_with_memory() noexcept;

// An executable graph was made, or is to be destroyed. Error: CUDA_ERROR_OUT_OF_MEMORY where it cannot be
// remembered.
CUresult note_graph(CUgraphExec graph, const GraphNeeds& needs, bool frees_at_launch) noexcept;
void forget_graph(CUgraphExec graph) noexcept;

}  // namespace dure::gpu::share
