// The memory of graphs: what a graph allocates at its launch is reserved before, and settled after, like the
// growth of a pool (pools.h). The driver keeps it for later launches: what is charged is what it keeps.
//
// Before a launch as much is reserved as the graph needs in all (graph_needs.h), as what the driver keeps may
// be in use by others. Always to do so would refuse a graph the very memory that it has from its last launch.
// So less is reserved where it is certain that less is needed:
//
//   in one stream   nothing, where the graph frees all that it allocates, was launched before, and since then
//                   no memory of graphs was given back (`trims`), no such graph was launched in another
//                   stream, and none that keeps memory took any. Launches in one stream follow each other, so
//                   the memory of its last launch is free for it.
//   kept            nothing, where the graph frees nothing, is launched again with auto free, and nothing was
//                   freed meanwhile: it has all of it still.
//   enough for all  so much as what is charged falls short of what all executable graphs need, added up.
//                   A graph does not run beside itself, so no more than that is in use at any time.
//
// The last two hold as long as nothing is freed but by the graph that allocated it: `frees` counts how often
// the program did that itself; `foreign_frees` says that it has a graph that frees another's.
//
// What was certain when it was looked at must hold until the launch is made. So while one is under way that
// has less reserved than it needs, what is charged is not lowered: not by what others trim, nor by what
// launches beside it reserved and did not need, since what they took may have been its own (pools_cuda.cc,
// charge_of_graphs). And what makes it uncertain is said before the call of the driver that does.
//
// Where the driver keeps more after all, that is paid afterwards, and nothing is launched before it is.
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

  // Of an executable graph in a stream. Error: CUDA_ERROR_OUT_OF_MEMORY, with nothing reserved.
  CUresult begin(CUgraphExec graph, CUstream stream) noexcept;
  // Of one that is not made yet. It is to be noted before end().
  CUresult begin(const GraphNeeds& needs) noexcept;
  // After the call; `backed`: it succeeded, and the graph has its memory now.
  void end(bool backed) noexcept;

 private:
  struct Part {
    PoolCharge* pool;
    uint64_t units;
    bool unreserved;
  };

  CUresult grow(unsigned card, uint64_t bytes, uint64_t frees, uint64_t stream) noexcept;
  uint64_t find_least(Part& part, uint64_t units, uint64_t frees, uint64_t stream) noexcept;
  bool is_backed(uint64_t frees) const noexcept;
  uint32_t count_at(uint64_t frees) const noexcept;

  Slot* slot_ = nullptr;
  CUgraphExec graph_ = nullptr;
  uint64_t frees_ = 0;
  uint32_t trims_ = 0, told_frees_ = 0;  // when it was looked at what is said of it afterwards
  unsigned count_ = 0;
  Part part_[DURE_MAX_CARDS] = {};
};

// Whether a graph has memory that begin() would find.
bool is_graph_with_memory() noexcept;

// An executable graph was made, or is to be destroyed. Error: CUDA_ERROR_OUT_OF_MEMORY where it cannot be
// remembered.
CUresult note_graph(CUgraphExec graph, const GraphNeeds& needs, bool frees_at_launch) noexcept;
void forget_graph(CUgraphExec graph) noexcept;

// Before a stream is destroyed: what runs in it may do so beside the next stream of its address.
void forget_graph_stream(CUstream stream) noexcept;

// Before memory of a graph is freed by another than the graph. note_unknown_free (pools.h) calls it where the
// process has, or had, graphs with memory.
void note_foreign_free(Slot& slot) noexcept;

}  // namespace dure::gpu::share
