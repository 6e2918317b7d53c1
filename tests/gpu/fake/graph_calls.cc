// The driver's functions that make, ask and launch graphs. Those that add and change nodes: node_calls.cc.
#include <algorithm>

#include "gpu/fake/driver.h"
#include "gpu/fake/graph.h"
#include "gpu/fake/nodes.h"
#include "gpu/fake/pool.h"

namespace dure::gpu::fake {
namespace {

CUresult instantiate(const char* name, CUgraphExec* out, CUgraph handle, std::uint64_t flags) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    const Graph* const graph = find(call.process().graphs, handle);
    if (out == nullptr || graph == nullptr) return CUDA_ERROR_INVALID_VALUE;
    auto made = std::make_unique<GraphExec>();
    made->context = &call.context();
    made->flags = flags;
    made->graph = graph->copy();
    if (!made->prepare()) return CUDA_ERROR_INVALID_VALUE;
    *out = handle_of<CUgraphExec>(made.get());
    call.process().execs.emplace(made.get(), std::move(made));
    return CUDA_SUCCESS;
  });
}

CUresult instantiate_with(const char* name, CUgraphExec* out, CUgraph graph,
                          CUDA_GRAPH_INSTANTIATE_PARAMS* parameters) {
  if (parameters == nullptr) return CUDA_ERROR_INVALID_VALUE;
  const CUresult made = instantiate(name, out, graph, parameters->flags);
  parameters->result_out = made == CUDA_SUCCESS ? 0 : 1;
  parameters->hErrNode_out = nullptr;
  return made;
}

CUresult launch(const char* name, CUgraphExec handle, CUstream stream_handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    GraphExec* const exec = find(call.process().execs, handle);
    Stream* const stream = find_stream(call, stream_handle, per_thread);
    if (exec == nullptr || stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture == nullptr) {
      if (!enter_queue(call, *stream)) return CUDA_ERROR_UNKNOWN;
      return call.process().execs.contains(handle) ? launch_graph(call, *exec, *stream)
                                                   : CUDA_ERROR_INVALID_HANDLE;
    }
    GraphNode* const node = capture_node(*stream, CU_GRAPH_NODE_TYPE_GRAPH);
    if (node == nullptr) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    node->child = exec->graph->copy();
    return CUDA_SUCCESS;
  });
}

// Uploading makes sure of the memory that a launch needs.
CUresult upload(const char* name, CUgraphExec handle, CUstream stream_handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    const GraphExec* const exec = find(call.process().execs, handle);
    const Stream* const stream = find_stream(call, stream_handle, per_thread);
    return exec == nullptr || stream == nullptr ? CUDA_ERROR_INVALID_HANDLE : CUDA_SUCCESS;
  });
}

// Node by node, in the order in which they were made: the same kinds with the same dependencies.
int compare(const Graph& ours, const Graph& theirs) {
  if (ours.nodes.size() != theirs.nodes.size()) return CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
  const auto index = [](const Graph& graph, const GraphNode* node) {
    const auto at = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                 [node](const auto& other) { return other.get() == node; });
    return at - graph.nodes.begin();
  };
  for (std::size_t i = 0; i < ours.nodes.size(); ++i) {
    const GraphNode& a = *ours.nodes[i];
    const GraphNode& b = *theirs.nodes[i];
    if (a.type != b.type) return CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED;
    if (a.dependencies.size() != b.dependencies.size()) return CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
    for (std::size_t j = 0; j < a.dependencies.size(); ++j) {
      if (index(ours, a.dependencies[j]) != index(theirs, b.dependencies[j])) {
        return CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
      }
    }
  }
  return CU_GRAPH_EXEC_UPDATE_SUCCESS;
}

CUresult update(const char* name, CUgraphExec handle, CUgraph graph_handle, int* result) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    GraphExec* const exec = find(call.process().execs, handle);
    const Graph* const graph = find(call.process().graphs, graph_handle);
    if (exec == nullptr || graph == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *result = compare(*exec->graph, *graph);
    if (*result != CU_GRAPH_EXEC_UPDATE_SUCCESS) return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
    exec->graph = graph->copy();
    exec->prepare();
    return CUDA_SUCCESS;
  });
}

// Fills a list of the caller's, or says how long it would be.
template <typename Handle, typename Object>
CUresult list(const std::vector<Object*>& all, Handle* out, std::size_t* count) {
  if (count == nullptr) return CUDA_ERROR_INVALID_VALUE;
  if (out != nullptr) {
    for (std::size_t i = 0; i < *count; ++i) out[i] = i < all.size() ? handle_of<Handle>(all[i]) : nullptr;
  }
  *count = out == nullptr ? all.size() : std::min(*count, all.size());
  return CUDA_SUCCESS;
}

CUresult get_nodes(const char* name, CUgraph handle, CUgraphNode* out, std::size_t* count, bool roots) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    const Graph* const graph = find(call.process().graphs, handle);
    if (graph == nullptr) return CUDA_ERROR_INVALID_VALUE;
    std::vector<GraphNode*> all;
    for (const auto& node : graph->nodes) {
      if (!roots || node->dependencies.empty()) all.push_back(node.get());
    }
    return list(all, out, count);
  });
}

CUresult get_edges(const char* name, CUgraph handle, CUgraphNode* from, CUgraphNode* to, std::size_t* count) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    const Graph* const graph = find(call.process().graphs, handle);
    if (graph == nullptr || count == nullptr) return CUDA_ERROR_INVALID_VALUE;
    std::vector<GraphNode*> begins;
    std::vector<GraphNode*> ends;
    for (const auto& node : graph->nodes) {
      for (GraphNode* dependency : node->dependencies) {
        begins.push_back(dependency);
        ends.push_back(node.get());
      }
    }
    std::size_t same = *count;
    list(ends, to, &same);
    return list(begins, from, count);
  });
}

std::uint64_t* graph_memory(Pool& pool, int attribute) {
  switch (attribute) {
    case CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT:
      return &pool.used;
    case CU_GRAPH_MEM_ATTR_USED_MEM_HIGH:
      return &pool.used_high;
    case CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT:
      return &pool.reserved;
    case CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH:
      return &pool.reserved_high;
    default:
      return nullptr;
  }
}

template <typename Body>
CUresult with_graph_pool(const char* name, CUdevice device, Body body) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    return body(call, graph_pool(call, device));
  });
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuGraphCreate(CUgraph* out, unsigned) {
  return enter("cuGraphCreate", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    auto made = std::make_shared<Graph>();
    *out = handle_of<CUgraph>(made.get());
    call.process().graphs.emplace(made.get(), made);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphDestroy(CUgraph graph) {
  return enter("cuGraphDestroy", Need::kInit, [&](Call& call) -> CUresult {
    return call.process().graphs.erase(graph) == 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphClone(CUgraph* out, CUgraph handle) {
  return enter("cuGraphClone", Need::kInit, [&](Call& call) -> CUresult {
    const Graph* const graph = find(call.process().graphs, handle);
    if (out == nullptr || graph == nullptr) return CUDA_ERROR_INVALID_VALUE;
    auto made = graph->copy();
    *out = handle_of<CUgraph>(made.get());
    call.process().graphs.emplace(made.get(), made);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphGetNodes(CUgraph graph, CUgraphNode* out, std::size_t* count) {
  return get_nodes("cuGraphGetNodes", graph, out, count, false);
}
FAKE_EXPORT CUresult cuGraphGetRootNodes(CUgraph graph, CUgraphNode* out, std::size_t* count) {
  return get_nodes("cuGraphGetRootNodes", graph, out, count, true);
}
FAKE_EXPORT CUresult cuGraphGetEdges(CUgraph graph, CUgraphNode* from, CUgraphNode* to, std::size_t* count) {
  return get_edges("cuGraphGetEdges", graph, from, to, count);
}
FAKE_EXPORT CUresult cuGraphGetEdges_v2(CUgraph graph, CUgraphNode* from, CUgraphNode* to, CUgraphEdgeData*,
                                        std::size_t* count) {
  return get_edges("cuGraphGetEdges_v2", graph, from, to, count);
}

FAKE_EXPORT CUresult cuGraphInstantiate(CUgraphExec* out, CUgraph graph, CUgraphNode*, char*, std::size_t) {
  return instantiate("cuGraphInstantiate", out, graph, 0);
}
FAKE_EXPORT CUresult cuGraphInstantiate_v2(CUgraphExec* out, CUgraph graph, CUgraphNode*, char*,
                                           std::size_t) {
  return instantiate("cuGraphInstantiate_v2", out, graph, 0);
}
FAKE_EXPORT CUresult cuGraphInstantiateWithFlags(CUgraphExec* out, CUgraph graph, unsigned long long flags) {
  return instantiate("cuGraphInstantiateWithFlags", out, graph, flags);
}
FAKE_EXPORT CUresult cuGraphInstantiateWithParams(CUgraphExec* out, CUgraph graph,
                                                  CUDA_GRAPH_INSTANTIATE_PARAMS* parameters) {
  return instantiate_with("cuGraphInstantiateWithParams", out, graph, parameters);
}
FAKE_EXPORT CUresult cuGraphInstantiateWithParams_ptsz(CUgraphExec* out, CUgraph graph,
                                                       CUDA_GRAPH_INSTANTIATE_PARAMS* parameters) {
  return instantiate_with("cuGraphInstantiateWithParams_ptsz", out, graph, parameters);
}
FAKE_EXPORT CUresult cuGraphExecDestroy(CUgraphExec exec) {
  return enter("cuGraphExecDestroy", Need::kInit, [&](Call& call) -> CUresult {
    return call.process().execs.erase(exec) == 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphExecGetFlags(CUgraphExec handle, cuuint64_t* out) {
  return enter("cuGraphExecGetFlags", Need::kInit, [&](Call& call) -> CUresult {
    const GraphExec* const exec = find(call.process().execs, handle);
    if (exec == nullptr || out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = exec->flags;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphExecUpdate(CUgraphExec exec, CUgraph graph, CUgraphNode* error, int* result) {
  int outcome = CU_GRAPH_EXEC_UPDATE_ERROR;
  const CUresult done = update("cuGraphExecUpdate", exec, graph, &outcome);
  if (error != nullptr) *error = nullptr;
  if (result != nullptr) *result = outcome;
  return done;
}
FAKE_EXPORT CUresult cuGraphExecUpdate_v2(CUgraphExec exec, CUgraph graph,
                                          CUgraphExecUpdateResultInfo* info) {
  int outcome = CU_GRAPH_EXEC_UPDATE_ERROR;
  const CUresult done = update("cuGraphExecUpdate_v2", exec, graph, &outcome);
  if (info != nullptr) *info = {.result = outcome, .errorNode = nullptr, .errorFromNode = nullptr};
  return done;
}
FAKE_EXPORT CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream) {
  return launch("cuGraphLaunch", exec, stream, false);
}
FAKE_EXPORT CUresult cuGraphLaunch_ptsz(CUgraphExec exec, CUstream stream) {
  return launch("cuGraphLaunch_ptsz", exec, stream, true);
}
FAKE_EXPORT CUresult cuGraphUpload(CUgraphExec exec, CUstream stream) {
  return upload("cuGraphUpload", exec, stream, false);
}
FAKE_EXPORT CUresult cuGraphUpload_ptsz(CUgraphExec exec, CUstream stream) {
  return upload("cuGraphUpload_ptsz", exec, stream, true);
}

FAKE_EXPORT CUresult cuDeviceGetGraphMemAttribute(CUdevice device, int attribute, void* out) {
  return with_graph_pool("cuDeviceGetGraphMemAttribute", device, [&](Call&, Pool& pool) -> CUresult {
    const std::uint64_t* const value = graph_memory(pool, attribute);
    if (value == nullptr || out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *static_cast<cuuint64_t*>(out) = *value;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuDeviceSetGraphMemAttribute(CUdevice device, int attribute, void*) {
  return with_graph_pool("cuDeviceSetGraphMemAttribute", device, [&](Call&, Pool& pool) -> CUresult {
    if (attribute == CU_GRAPH_MEM_ATTR_USED_MEM_HIGH) {
      pool.used_high = pool.used;
    } else if (attribute == CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH) {
      pool.reserved_high = pool.reserved;
    } else {
      return CUDA_ERROR_INVALID_VALUE;
    }
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuDeviceGraphMemTrim(CUdevice device) {
  return with_graph_pool("cuDeviceGraphMemTrim", device, [](Call& call, Pool& pool) -> CUresult {
    trim_pool(call, pool, 0);
    return CUDA_SUCCESS;
  });
}
