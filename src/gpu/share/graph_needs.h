// What memory a graph needs at its launch: found from its nodes when it is instantiated.
//
// The driver gives every allocation of a graph its address when the node is made, and lets allocations that
// do not live at the same time share addresses: so the graph needs as much as its addresses cover.
#pragma once

#include <stdint.h>

#include "gpu/abi/cuda.h"
#include "gpu/abi/page.h"

namespace dure::gpu::share {

struct GraphNeeds {
  uint64_t bytes[DURE_MAX_CARDS];  // by card of the share, in the driver's granules
  bool any;
  bool balanced;  // all that it allocates is freed by itself
  bool keeps;     // nothing of it is
  bool frees;     // what another allocates
};

// Errors: those of find_card_of (card.h) for a node on a device that is not in the share;
// CUDA_ERROR_OUT_OF_MEMORY where this process has no memory to look, or the share none for a kernel's local
// memory; CUDA_ERROR_NOT_SUPPORTED where graphs lie in each other more than 8 deep; what the driver says of
// the graph.
CUresult find_graph_needs(CUgraph graph, GraphNeeds* needs) noexcept;

}  // namespace dure::gpu::share
