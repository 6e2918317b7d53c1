// The nodes of graphs by their handles.
#pragma once

#include "gpu/fake/capture.h"
#include "gpu/fake/graph.h"

namespace dure::gpu::fake {

// The node that the handle names, in any graph of the process; null: none.
GraphNode* find_node(Call& call, CUgraphNode handle);

}  // namespace dure::gpu::fake
