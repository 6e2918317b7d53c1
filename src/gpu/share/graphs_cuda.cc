// Wrappers: graphs as work, and as what allocates. A launch of a graph is one launch, known by its executable
// graph: what all its nodes take is measured together, and estimated for the next time. Where the executable
// graph becomes another, by an update or by new parameters of a node, or its address may be another one's, it
// is unknown until it is measured again: one of it is outstanding until then.
//
// A graph that launches graphs from the device is complete for its stream only when those are: so they are
// measured with the launch from the host that began them all, however many they are. Such a launch cannot be
// interrupted, as a long kernel cannot; what it took is owed afterwards.
#include "gpu/share/card.h"
#include "gpu/share/gates.h"
#include "gpu/share/graph_memory.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuGraphInstantiate(CUgraphExec* out, CUgraph graph, CUgraphNode* error, char* log,
                                        size_t log_bytes) noexcept;
DURE_EXPORT CUresult cuGraphInstantiate_v2(CUgraphExec* out, CUgraph graph, CUgraphNode* error, char* log,
                                           size_t log_bytes) noexcept;
DURE_EXPORT CUresult cuGraphInstantiateWithFlags(CUgraphExec* out, CUgraph graph, cuuint64_t flags) noexcept;
DURE_EXPORT CUresult cuGraphExecDestroy(CUgraphExec graph) noexcept;
DURE_EXPORT CUresult cuDeviceGraphMemTrim(CUdevice device) noexcept;

namespace dure::gpu::share {
namespace {

constexpr cuuint64_t kAutoFree = CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH, kUpload = 2;

// call() may make the graph's memory grow.
template <class Call>
CUresult grow(CUgraphExec graph, CUstream stream, Call call) noexcept {
  if (!is_graph_with_memory()) return call();
  GraphGrowth growth;
  CUresult result = growth.begin(graph, stream);
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("graph.reserved");
  result = call();
  DURE_STEP("graph.asked");
  growth.end(result == CUDA_SUCCESS);
  return result;
}

template <class Call>
CUresult launch(CUgraphExec graph, CUstream stream, Call call) noexcept {
  Gate* gate = nullptr;
  const CUresult found = find_gate(stream, &gate);
  if (found != CUDA_SUCCESS) return found;
  const Pass pass = gate->enter(stream, graph_work(graph));
  const CUresult result = pass.charged ? grow(graph, stream, call) : call();  // else it is captured
  gate->leave(pass, result == CUDA_SUCCESS);
  return result;
}

// Whether it succeeds or not: an update that fails may leave something else behind.
template <class Call>
CUresult change(CUgraphExec graph, Call call) noexcept {
  const CUresult result = call();
  doubt_graph(graph);
  return result;
}

template <class Call>
CUresult instantiate(CUgraphExec* out, CUgraph graph, cuuint64_t flags, Call call) noexcept {
  if (find_slot() == nullptr) return CUDA_ERROR_NO_DEVICE;
  GraphNeeds needs = {};
  // A graph that the driver does not know is for it to refuse.
  const CUresult looked = find_graph_needs(graph, &needs);
  if (looked != CUDA_SUCCESS && looked != CUDA_ERROR_INVALID_VALUE && looked != CUDA_ERROR_INVALID_HANDLE)
    return looked;
  GraphGrowth growth;
  if ((flags & kUpload) != 0) {
    const CUresult reserved = growth.begin(needs);
    if (reserved != CUDA_SUCCESS) return reserved;
  }
  CUresult result = call();
  DURE_STEP("graph.made");
  if (result == CUDA_SUCCESS && out != nullptr) {
    doubt_graph(*out);
    result = note_graph(*out, needs, (flags & kAutoFree) != 0);
    DURE_STEP("graph.noted");
    if (result != CUDA_SUCCESS) {
      DURE_REAL(cuGraphExecDestroy)(*out);
      *out = nullptr;
    }
  }
  growth.end(false);
  return result;
}

CUstream same_stream(CUstream stream) noexcept {
  return stream;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

#define DURE_GRAPH_LAUNCHES(twin, stream_of)                                                        \
  DURE_EXPORT CUresult cuGraphLaunch##twin(CUgraphExec graph, CUstream stream) noexcept;            \
  DURE_EXPORT CUresult cuGraphUpload##twin(CUgraphExec graph, CUstream stream) noexcept;            \
  DURE_EXPORT CUresult cuGraphInstantiateWithParams##twin(                                          \
      CUgraphExec* out, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS* parameters) noexcept;         \
  CUresult cuGraphLaunch##twin(CUgraphExec graph, CUstream stream) noexcept {                       \
    return launch(graph, stream_of(stream),                                                         \
                  [=]() noexcept { return DURE_REAL(cuGraphLaunch##twin)(graph, stream); });        \
  }                                                                                                 \
  CUresult cuGraphUpload##twin(CUgraphExec graph, CUstream stream) noexcept {                       \
    return grow(graph, stream_of(stream),                                                           \
                [=]() noexcept { return DURE_REAL(cuGraphUpload##twin)(graph, stream); });          \
  }                                                                                                 \
  CUresult cuGraphInstantiateWithParams##twin(CUgraphExec* out, CUgraph graph,                      \
                                              CUDA_GRAPH_INSTANTIATE_PARAMS* parameters) noexcept { \
    return instantiate(out, graph, parameters != nullptr ? parameters->flags : 0, [=]() noexcept {  \
      return DURE_REAL(cuGraphInstantiateWithParams##twin)(out, graph, parameters);                 \
    });                                                                                             \
  }
DURE_GRAPH_LAUNCHES(, same_stream)
DURE_GRAPH_LAUNCHES(_ptsz, twin_stream)

CUresult cuGraphInstantiate(CUgraphExec* out, CUgraph graph, CUgraphNode* error, char* log,
                            size_t log_bytes) noexcept {
  return instantiate(out, graph, 0, [=]() noexcept {
    return DURE_REAL(cuGraphInstantiate)(out, graph, error, log, log_bytes);
  });
}
CUresult cuGraphInstantiate_v2(CUgraphExec* out, CUgraph graph, CUgraphNode* error, char* log,
                               size_t log_bytes) noexcept {
  return instantiate(out, graph, 0, [=]() noexcept {
    return DURE_REAL(cuGraphInstantiate_v2)(out, graph, error, log, log_bytes);
  });
}
CUresult cuGraphInstantiateWithFlags(CUgraphExec* out, CUgraph graph, cuuint64_t flags) noexcept {
  return instantiate(out, graph, flags,
                     [=]() noexcept { return DURE_REAL(cuGraphInstantiateWithFlags)(out, graph, flags); });
}
CUresult cuGraphExecDestroy(CUgraphExec graph) noexcept {
  doubt_graph(graph);
  forget_graph(graph);
  DURE_STEP("graph.forgotten");
  return DURE_REAL(cuGraphExecDestroy)(graph);
}
CUresult cuDeviceGraphMemTrim(CUdevice device) noexcept {
  Card card = {};
  const bool ours = find_card_of(device, &card) == CUDA_SUCCESS;
  const CUresult result = DURE_REAL(cuDeviceGraphMemTrim)(device);
  if (ours) settle_pools(*card.slot, card.index);
  return result;
}

// Parameters after the graph are handed on as they came: three words at the most, none a floating-point
// number.
#define DURE_CHANGES(name)                                                                   \
  DURE_EXPORT CUresult name(CUgraphExec graph, uint64_t b, uint64_t c, uint64_t d) noexcept; \
  CUresult name(CUgraphExec graph, uint64_t b, uint64_t c, uint64_t d) noexcept {            \
    return change(graph, [=]() noexcept { return DURE_REAL(name)(graph, b, c, d); });        \
  }
DURE_CHANGES(cuGraphExecUpdate)
DURE_CHANGES(cuGraphExecUpdate_v2)
DURE_CHANGES(cuGraphExecKernelNodeSetParams)
DURE_CHANGES(cuGraphExecKernelNodeSetParams_v2)
DURE_CHANGES(cuGraphExecMemcpyNodeSetParams)
DURE_CHANGES(cuGraphExecMemsetNodeSetParams)
DURE_CHANGES(cuGraphExecChildGraphNodeSetParams)
DURE_CHANGES(cuGraphExecBatchMemOpNodeSetParams)
DURE_CHANGES(cuGraphExecNodeSetParams)
DURE_CHANGES(cuGraphNodeSetEnabled)
