// Graphs: nodes with their dependencies, and what an instantiation of them does when it is launched.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gpu/abi/cuda.h"
#include "gpu/fake/module.h"
#include "gpu/fake/timeline.h"

namespace dure::gpu::fake {

class Call;
class Graph;

struct GraphNode {
  int type = CU_GRAPH_NODE_TYPE_EMPTY;
  Graph* graph = nullptr;
  std::vector<GraphNode*> dependencies;
  bool enabled = true;
  const GraphNode* origin = nullptr;  // in a clone or an instantiation: what it was made of

  Function* function = nullptr;  // kernel
  std::uint64_t length = 0;      // kernel, copy, fill: ns of device time
  CUDA_KERNEL_NODE_PARAMS kernel = {};
  CUDA_HOST_NODE_PARAMS host = {};
  std::shared_ptr<Graph> child;
  Event* event = nullptr;
  CUDA_MEM_ALLOC_NODE_PARAMS allocation = {};
  CUdeviceptr freed = 0;
};

class Graph {
 public:
  std::vector<std::unique_ptr<GraphNode>> nodes;

  GraphNode& add(int type, std::vector<GraphNode*> dependencies);
  // A copy; a node's origin is the node that it was copied from.
  std::shared_ptr<Graph> copy() const;
  // The nodes in an order in which each comes after what it depends on; fewer than there are: a cycle.
  std::vector<GraphNode*> order() const;
};

class GraphExec {
 public:
  Context* context = nullptr;
  std::shared_ptr<Graph> graph;
  std::uint64_t flags = 0;

  // One after the other, each behind those of `after` (indices); child graphs are taken apart.
  struct Step {
    GraphNode* node = nullptr;
    std::vector<std::size_t> after;
  };
  std::vector<Step> steps;
  bool simple = true;  // only work: no host functions and no events

  // Makes `steps` of `graph`. False: it has a cycle.
  bool prepare();
};

// Puts one launch of it behind what is in the stream. CUDA_ERROR_OUT_OF_MEMORY: it has not even begun.
CUresult launch_graph(Call& call, GraphExec& exec, Stream& stream);

}  // namespace dure::gpu::fake
