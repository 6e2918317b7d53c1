// The driver's functions that add nodes to graphs and change them.
#include <algorithm>
#include <cstring>

#include "gpu/fake/driver.h"
#include "gpu/fake/nodes.h"

namespace dure::gpu::fake {

GraphNode* find_node(Call& call, CUgraphNode handle) {
  for (const auto& [key, graph] : call.process().graphs) {
    for (const auto& node : graph->nodes) {
      if (static_cast<const void*>(node.get()) == handle) return node.get();
    }
  }
  return nullptr;
}

namespace {

// Adds a node, and lets `fill` complete it; what `fill` refuses is not added.
template <typename Fill>
CUresult add(const char* name, CUgraphNode* out, CUgraph handle, const CUgraphNode* after, std::size_t count,
             int type, Fill fill) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    Graph* const graph = find(call.process().graphs, handle);
    if (out == nullptr || graph == nullptr) return CUDA_ERROR_INVALID_VALUE;
    std::vector<GraphNode*> dependencies;
    for (std::size_t i = 0; i < count; ++i) {
      GraphNode* const node = find_node(call, after[i]);
      if (node == nullptr || node->graph != graph) return CUDA_ERROR_INVALID_VALUE;
      dependencies.push_back(node);
    }
    GraphNode& node = graph->add(type, std::move(dependencies));
    const CUresult filled = fill(call, node);
    if (filled != CUDA_SUCCESS) {
      graph->nodes.pop_back();
      return filled;
    }
    *out = handle_of<CUgraphNode>(&node);
    return CUDA_SUCCESS;
  });
}

CUresult set_kernel_of(Call& call, GraphNode& node, const CUDA_KERNEL_NODE_PARAMS& parameters) {
  const CUfunction handle =
      parameters.func != nullptr ? parameters.func : reinterpret_cast<CUfunction>(parameters.kern);
  Function* const function = find_function(call, handle);
  if (function == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (parameters.gridDimX == 0 || parameters.gridDimY == 0 || parameters.gridDimZ == 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  const Launch how = {.grid = {parameters.gridDimX, parameters.gridDimY, parameters.gridDimZ},
                      .parameters = parameters.kernelParams,
                      .extra = parameters.extra};
  node.function = function;
  node.kernel = parameters;
  node.length = kernel_length(*function, how, call.state().config().devices[0].multiprocessors);
  return CUDA_SUCCESS;
}

// Version 1 of the parameters ends before `kern`.
CUDA_KERNEL_NODE_PARAMS widened(const CUDA_KERNEL_NODE_PARAMS* version1) {
  CUDA_KERNEL_NODE_PARAMS all = {};
  std::memcpy(&all, version1, offsetof(CUDA_KERNEL_NODE_PARAMS, kern));
  return all;
}

CUresult set_alloc(Call& call, GraphNode& node, CUDA_MEM_ALLOC_NODE_PARAMS& parameters) {
  if (parameters.bytesize == 0) return CUDA_ERROR_INVALID_VALUE;
  const CUdeviceptr address = call.process().memory.addresses.take(parameters.bytesize);
  if (address == 0) return CUDA_ERROR_OUT_OF_MEMORY;
  parameters.dptr = address;
  node.allocation = parameters;
  return CUDA_SUCCESS;
}

CUresult set_event(Call& call, GraphNode& node, CUevent handle) {
  node.event = find(call.process().events, handle);
  return node.event == nullptr ? CUDA_ERROR_INVALID_HANDLE : CUDA_SUCCESS;
}

CUresult set_child(Call& call, GraphNode& node, CUgraph handle) {
  const Graph* const child = find(call.process().graphs, handle);
  if (child == nullptr || child == node.graph) return CUDA_ERROR_INVALID_VALUE;
  node.child = child->copy();
  return CUDA_SUCCESS;
}

std::uint64_t size_of(const CUDA_MEMCPY3D& copy) {
  return std::uint64_t{copy.WidthInBytes} * std::max<std::size_t>(copy.Height, 1) *
         std::max<std::size_t>(copy.Depth, 1);
}

std::uint64_t size_of(const CUDA_MEMSET_NODE_PARAMS& fill) {
  return std::uint64_t{fill.elementSize} * fill.width * std::max<std::size_t>(fill.height, 1);
}

CUresult add_kernel(const char* name, CUgraphNode* out, CUgraph graph, const CUgraphNode* after,
                    std::size_t count, const CUDA_KERNEL_NODE_PARAMS& parameters) {
  return add(name, out, graph, after, count, CU_GRAPH_NODE_TYPE_KERNEL,
             [&](Call& call, GraphNode& node) { return set_kernel_of(call, node, parameters); });
}

CUresult fill_any(Call& call, GraphNode& node, CUgraphNodeParams& parameters) {
  switch (parameters.type) {
    case CU_GRAPH_NODE_TYPE_KERNEL:
      return set_kernel_of(call, node, parameters.of.kernel);
    case CU_GRAPH_NODE_TYPE_MEMCPY:
      node.length = floor_ns(copy_time(call, size_of(parameters.of.memcpy.copyParams)));
      return CUDA_SUCCESS;
    case CU_GRAPH_NODE_TYPE_MEMSET:
      node.length = floor_ns(copy_time(call, size_of(parameters.of.memset)));
      return CUDA_SUCCESS;
    case CU_GRAPH_NODE_TYPE_HOST:
      node.host = parameters.of.host;
      return node.host.fn != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
    case CU_GRAPH_NODE_TYPE_GRAPH:
      return set_child(call, node, parameters.of.graph.graph);
    case CU_GRAPH_NODE_TYPE_EMPTY:
      return CUDA_SUCCESS;
    case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
    case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
      return set_event(call, node, parameters.of.event.event);
    case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
      return set_alloc(call, node, parameters.of.alloc);
    case CU_GRAPH_NODE_TYPE_MEM_FREE:
      node.freed = parameters.of.free.dptr;
      return CUDA_SUCCESS;
    default:
      return CUDA_ERROR_NOT_SUPPORTED;
  }
}

CUresult add_any(const char* name, CUgraphNode* out, CUgraph graph, const CUgraphNode* after,
                 std::size_t count, CUgraphNodeParams* parameters) {
  if (parameters == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return add(name, out, graph, after, count, parameters->type,
             [&](Call& call, GraphNode& node) { return fill_any(call, node, *parameters); });
}

template <typename Body>
CUresult with_node(const char* name, CUgraphNode handle, Body body) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    GraphNode* const node = find_node(call, handle);
    return node == nullptr ? CUDA_ERROR_INVALID_VALUE : body(call, *node);
  });
}

// The node of the instantiation that was made of the node named.
template <typename Body>
CUresult with_exec_node(const char* name, CUgraphExec exec_handle, CUgraphNode handle, Body body) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    const GraphExec* const exec = find(call.process().execs, exec_handle);
    if (exec == nullptr) return CUDA_ERROR_INVALID_VALUE;
    for (const auto& node : exec->graph->nodes) {
      if (static_cast<const void*>(node->origin) == handle) return body(call, *node);
    }
    return CUDA_ERROR_INVALID_VALUE;
  });
}

CUresult add_dependencies(const char* name, CUgraph handle, const CUgraphNode* from, const CUgraphNode* to,
                          std::size_t count) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    const Graph* const graph = find(call.process().graphs, handle);
    if (graph == nullptr) return CUDA_ERROR_INVALID_VALUE;
    for (std::size_t i = 0; i < count; ++i) {
      GraphNode* const before = find_node(call, from[i]);
      GraphNode* const after = find_node(call, to[i]);
      if (before == nullptr || after == nullptr || before->graph != after->graph)
        return CUDA_ERROR_INVALID_VALUE;
      after->dependencies.push_back(before);
    }
    return CUDA_SUCCESS;
  });
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

#define NODE_OF CUgraphNode *out, CUgraph graph, const CUgraphNode *after, std::size_t count

FAKE_EXPORT CUresult cuGraphAddKernelNode(NODE_OF, const CUDA_KERNEL_NODE_PARAMS* parameters) {
  if (parameters == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return add_kernel("cuGraphAddKernelNode", out, graph, after, count, widened(parameters));
}
FAKE_EXPORT CUresult cuGraphAddKernelNode_v2(NODE_OF, const CUDA_KERNEL_NODE_PARAMS* parameters) {
  if (parameters == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return add_kernel("cuGraphAddKernelNode_v2", out, graph, after, count, *parameters);
}
FAKE_EXPORT CUresult cuGraphAddMemcpyNode(NODE_OF, const CUDA_MEMCPY3D* copy, CUcontext) {
  if (copy == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return add("cuGraphAddMemcpyNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_MEMCPY,
             [&](Call& call, GraphNode& node) {
               node.length = floor_ns(copy_time(call, size_of(*copy)));
               return CUDA_SUCCESS;
             });
}
FAKE_EXPORT CUresult cuGraphAddMemsetNode(NODE_OF, const CUDA_MEMSET_NODE_PARAMS* fill, CUcontext) {
  if (fill == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return add("cuGraphAddMemsetNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_MEMSET,
             [&](Call& call, GraphNode& node) {
               node.length = floor_ns(copy_time(call, size_of(*fill)));
               return CUDA_SUCCESS;
             });
}
FAKE_EXPORT CUresult cuGraphAddHostNode(NODE_OF, const CUDA_HOST_NODE_PARAMS* host) {
  if (host == nullptr || host->fn == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return add("cuGraphAddHostNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_HOST,
             [&](Call&, GraphNode& node) {
               node.host = *host;
               return CUDA_SUCCESS;
             });
}
// The node's own graph, which the program may look at.
FAKE_EXPORT CUresult cuGraphChildGraphNodeGetGraph(CUgraphNode handle, CUgraph* out) {
  return enter("cuGraphChildGraphNodeGetGraph", Need::kInit, [&](Call& call) -> CUresult {
    const GraphNode* const node = find_node(call, handle);
    if (out == nullptr || node == nullptr || !node->child) return CUDA_ERROR_INVALID_VALUE;
    call.process().graphs.emplace(node->child.get(), node->child);
    *out = handle_of<CUgraph>(node->child.get());
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuGraphAddChildGraphNode(NODE_OF, CUgraph child) {
  return add("cuGraphAddChildGraphNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_GRAPH,
             [&](Call& call, GraphNode& node) { return set_child(call, node, child); });
}
FAKE_EXPORT CUresult cuGraphAddEmptyNode(NODE_OF) {
  return add("cuGraphAddEmptyNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_EMPTY,
             [](Call&, GraphNode&) { return CUDA_SUCCESS; });
}
FAKE_EXPORT CUresult cuGraphAddEventRecordNode(NODE_OF, CUevent event) {
  return add("cuGraphAddEventRecordNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_EVENT_RECORD,
             [&](Call& call, GraphNode& node) { return set_event(call, node, event); });
}
FAKE_EXPORT CUresult cuGraphAddEventWaitNode(NODE_OF, CUevent event) {
  return add("cuGraphAddEventWaitNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_WAIT_EVENT,
             [&](Call& call, GraphNode& node) { return set_event(call, node, event); });
}
FAKE_EXPORT CUresult cuGraphAddMemAllocNode(NODE_OF, CUDA_MEM_ALLOC_NODE_PARAMS* parameters) {
  if (parameters == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return add("cuGraphAddMemAllocNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_MEM_ALLOC,
             [&](Call& call, GraphNode& node) { return set_alloc(call, node, *parameters); });
}
FAKE_EXPORT CUresult cuGraphAddMemFreeNode(NODE_OF, CUdeviceptr address) {
  return add("cuGraphAddMemFreeNode", out, graph, after, count, CU_GRAPH_NODE_TYPE_MEM_FREE,
             [&](Call&, GraphNode& node) {
               node.freed = address;
               return CUDA_SUCCESS;
             });
}
FAKE_EXPORT CUresult cuGraphAddNode(NODE_OF, CUgraphNodeParams* parameters) {
  return add_any("cuGraphAddNode", out, graph, after, count, parameters);
}
FAKE_EXPORT CUresult cuGraphAddNode_v2(CUgraphNode* out, CUgraph graph, const CUgraphNode* after,
                                       const CUgraphEdgeData*, std::size_t count,
                                       CUgraphNodeParams* parameters) {
  return add_any("cuGraphAddNode_v2", out, graph, after, count, parameters);
}
FAKE_EXPORT CUresult cuGraphAddDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to,
                                            std::size_t count) {
  return add_dependencies("cuGraphAddDependencies", graph, from, to, count);
}
FAKE_EXPORT CUresult cuGraphAddDependencies_v2(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to,
                                               const CUgraphEdgeData*, std::size_t count) {
  return add_dependencies("cuGraphAddDependencies_v2", graph, from, to, count);
}
FAKE_EXPORT CUresult cuGraphDestroyNode(CUgraphNode handle) {
  return with_node("cuGraphDestroyNode", handle, [](Call&, GraphNode& node) {
    Graph& graph = *node.graph;
    for (const auto& other : graph.nodes) std::erase(other->dependencies, &node);
    std::erase_if(graph.nodes, [&node](const auto& other) { return other.get() == &node; });
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuGraphNodeGetType(CUgraphNode handle, int* out) {
  return with_node("cuGraphNodeGetType", handle, [&](Call&, GraphNode& node) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = node.type;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphKernelNodeGetParams(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS* out) {
  return with_node("cuGraphKernelNodeGetParams", handle, [&](Call&, GraphNode& node) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    std::memcpy(out, &node.kernel, offsetof(CUDA_KERNEL_NODE_PARAMS, kern));
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS* out) {
  return with_node("cuGraphKernelNodeGetParams_v2", handle, [&](Call&, GraphNode& node) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = node.kernel;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphKernelNodeSetParams(CUgraphNode handle, const CUDA_KERNEL_NODE_PARAMS* in) {
  return with_node("cuGraphKernelNodeSetParams", handle, [&](Call& call, GraphNode& node) -> CUresult {
    return in == nullptr ? CUDA_ERROR_INVALID_VALUE : set_kernel_of(call, node, widened(in));
  });
}
FAKE_EXPORT CUresult cuGraphKernelNodeSetParams_v2(CUgraphNode handle, const CUDA_KERNEL_NODE_PARAMS* in) {
  return with_node("cuGraphKernelNodeSetParams_v2", handle, [&](Call& call, GraphNode& node) -> CUresult {
    return in == nullptr ? CUDA_ERROR_INVALID_VALUE : set_kernel_of(call, node, *in);
  });
}
FAKE_EXPORT CUresult cuGraphExecKernelNodeSetParams(CUgraphExec exec, CUgraphNode handle,
                                                    const CUDA_KERNEL_NODE_PARAMS* in) {
  return with_exec_node(
      "cuGraphExecKernelNodeSetParams", exec, handle, [&](Call& call, GraphNode& node) -> CUresult {
        return in == nullptr ? CUDA_ERROR_INVALID_VALUE : set_kernel_of(call, node, widened(in));
      });
}
FAKE_EXPORT CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec exec, CUgraphNode handle,
                                                       const CUDA_KERNEL_NODE_PARAMS* in) {
  return with_exec_node("cuGraphExecKernelNodeSetParams_v2", exec, handle,
                        [&](Call& call, GraphNode& node) -> CUresult {
                          return in == nullptr ? CUDA_ERROR_INVALID_VALUE : set_kernel_of(call, node, *in);
                        });
}
FAKE_EXPORT CUresult cuGraphNodeSetEnabled(CUgraphExec exec, CUgraphNode handle, unsigned enabled) {
  return with_exec_node("cuGraphNodeSetEnabled", exec, handle, [&](Call&, GraphNode& node) {
    node.enabled = enabled != 0;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphNodeGetEnabled(CUgraphExec exec, CUgraphNode handle, unsigned* out) {
  return with_exec_node("cuGraphNodeGetEnabled", exec, handle, [&](Call&, GraphNode& node) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = node.enabled ? 1 : 0;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphMemAllocNodeGetParams(CUgraphNode handle, CUDA_MEM_ALLOC_NODE_PARAMS* out) {
  return with_node("cuGraphMemAllocNodeGetParams", handle, [&](Call&, GraphNode& node) -> CUresult {
    if (out == nullptr || node.type != CU_GRAPH_NODE_TYPE_MEM_ALLOC) return CUDA_ERROR_INVALID_VALUE;
    *out = node.allocation;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuGraphMemFreeNodeGetParams(CUgraphNode handle, CUdeviceptr* out) {
  return with_node("cuGraphMemFreeNodeGetParams", handle, [&](Call&, GraphNode& node) -> CUresult {
    if (out == nullptr || node.type != CU_GRAPH_NODE_TYPE_MEM_FREE) return CUDA_ERROR_INVALID_VALUE;
    *out = node.freed;
    return CUDA_SUCCESS;
  });
}
