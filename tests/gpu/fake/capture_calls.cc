// The driver's functions for capture.
#include <algorithm>

#include "gpu/fake/capture.h"
#include "gpu/fake/driver.h"

namespace dure::gpu::fake {
namespace {

constexpr int kRelaxed = 2;

std::uint64_t capture_ids = 0;

std::vector<Stream*> members(Context& context, const Stream::Capture* capture) {
  std::vector<Stream*> all;
  for (Stream* stream : context.streams) {
    if (stream->capture.get() == capture) all.push_back(stream);
  }
  return all;
}

void finish(Context& context, const std::shared_ptr<Stream::Capture>& capture) {
  capture->ended = true;
  if (capture->mode != kRelaxed && context.capturing > 0) --context.capturing;
  for (Stream* stream : members(context, capture.get())) {
    stream->capture = nullptr;
    stream->capture_last.clear();
  }
}

CUresult begin(const char* name, CUstream handle, int mode, bool per_thread, CUgraph into,
               const CUgraphNode* after, std::size_t count) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    Context& context = *stream->context;
    if (stream == context.legacy) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    if (stream->capture != nullptr || mode < 0 || mode > kRelaxed) return CUDA_ERROR_ILLEGAL_STATE;
    auto capture = std::make_shared<Stream::Capture>();
    if (into != nullptr) {
      const auto found = call.process().graphs.find(into);
      if (found == call.process().graphs.end()) return CUDA_ERROR_INVALID_VALUE;
      capture->graph = found->second;
      capture->own_graph = false;
    } else {
      capture->graph = std::make_shared<Graph>();
    }
    capture->origin = stream;
    capture->id = ++capture_ids;
    capture->mode = mode;
    if (mode != kRelaxed) ++context.capturing;
    stream->capture = capture;
    stream->capture_last.clear();
    for (std::size_t i = 0; i < count; ++i) {
      stream->capture_last.push_back(reinterpret_cast<GraphNode*>(after[i]));
    }
    return CUDA_SUCCESS;
  });
}

// Whether something depends on the node, or it is the last of the stream that began.
bool is_joined(const Stream& origin, const GraphNode* node) {
  const auto& last = origin.capture_last;
  if (std::find(last.begin(), last.end(), node) != last.end()) return true;
  const auto& nodes = origin.capture->graph->nodes;
  return std::any_of(nodes.begin(), nodes.end(), [&](const auto& other) {
    const auto& before = other->dependencies;
    return std::find(before.begin(), before.end(), node) != before.end();
  });
}

CUresult end(const char* name, CUstream handle, CUgraph* out, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (out != nullptr) *out = nullptr;
    const auto capture = stream->capture;
    if (capture == nullptr) return CUDA_ERROR_ILLEGAL_STATE;
    if (capture->origin != stream) return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
    bool joined = true;
    for (const Stream* member : members(*stream->context, capture.get())) {
      for (const GraphNode* node : member->capture_last) joined = joined && is_joined(*stream, node);
    }
    const bool invalid = capture->invalid;
    finish(*stream->context, capture);
    if (invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    if (!joined) return CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
    Graph* const graph = capture->graph.get();
    if (capture->own_graph) call.process().graphs.emplace(graph, capture->graph);
    if (out != nullptr) *out = handle_of<CUgraph>(graph);
    return CUDA_SUCCESS;
  });
}

int status_of(const Stream& stream) {
  if (stream.capture == nullptr) return CU_STREAM_CAPTURE_STATUS_NONE;
  return stream.capture->invalid ? CU_STREAM_CAPTURE_STATUS_INVALIDATED : CU_STREAM_CAPTURE_STATUS_ACTIVE;
}

struct Info {
  int* status = nullptr;
  cuuint64_t* id = nullptr;
  CUgraph* graph = nullptr;
  const CUgraphNode** last = nullptr;
  std::size_t* count = nullptr;
};

CUresult info(const char* name, CUstream handle, const Info& out, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (out.status == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out.status = status_of(*stream);
    if (*out.status != CU_STREAM_CAPTURE_STATUS_ACTIVE) return CUDA_SUCCESS;
    if (out.id != nullptr) *out.id = stream->capture->id;
    if (out.graph != nullptr) *out.graph = handle_of<CUgraph>(stream->capture->graph.get());
    if (out.last != nullptr) *out.last = reinterpret_cast<const CUgraphNode*>(stream->capture_last.data());
    if (out.count != nullptr) *out.count = stream->capture_last.size();
    return CUDA_SUCCESS;
  });
}

CUresult update(const char* name, CUstream handle, CUgraphNode* nodes, std::size_t count, unsigned flags,
                bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture == nullptr) return CUDA_ERROR_ILLEGAL_STATE;
    if (flags == 1) stream->capture_last.clear();  // set, not add
    for (std::size_t i = 0; i < count; ++i) {
      stream->capture_last.push_back(reinterpret_cast<GraphNode*>(nodes[i]));
    }
    return CUDA_SUCCESS;
  });
}

}  // namespace

GraphNode* capture_node(Stream& stream, int type) {
  if (stream.capture->invalid) return nullptr;
  GraphNode& node = stream.capture->graph->add(type, stream.capture_last);
  stream.capture_last = {&node};
  return &node;
}

CUresult capture_alloc(Call& call, Stream& stream, CUdeviceptr* out, std::size_t bytes) {
  const CUdeviceptr address = call.process().memory.addresses.take(bytes);
  if (address == 0) return CUDA_ERROR_OUT_OF_MEMORY;
  GraphNode* const node = capture_node(stream, CU_GRAPH_NODE_TYPE_MEM_ALLOC);
  if (node == nullptr) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  node->allocation.bytesize = bytes;
  node->allocation.dptr = *out = address;
  return CUDA_SUCCESS;
}

CUresult capture_free(Stream& stream, CUdeviceptr address) {
  GraphNode* const node = capture_node(stream, CU_GRAPH_NODE_TYPE_MEM_FREE);
  if (node == nullptr) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  node->freed = address;
  return CUDA_SUCCESS;
}

CUresult record_in_capture(Stream& stream, Event& event) {
  if (stream.capture->invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  event.recorded = false;
  event.mark = nullptr;
  event.capture = stream.capture;
  event.captured = stream.capture_last;
  return CUDA_SUCCESS;
}

CUresult join_capture(Stream& stream, Event& event) {
  if (event.capture->ended) return CUDA_ERROR_CAPTURED_EVENT;
  if (stream.capture != nullptr && stream.capture != event.capture) return CUDA_ERROR_STREAM_CAPTURE_MERGE;
  stream.capture = event.capture;
  for (GraphNode* node : event.captured) {
    const auto& last = stream.capture_last;
    if (std::find(last.begin(), last.end(), node) == last.end()) stream.capture_last.push_back(node);
  }
  return CUDA_SUCCESS;
}

void forget_capture(Context& context) {
  for (std::size_t i = 0; i < context.streams.size(); ++i) {
    if (const auto capture = context.streams[i]->capture) finish(context, capture);
  }
}

}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

#define STREAM_TWINS(name, parameters, call_with)   \
  FAKE_EXPORT CUresult name parameters {            \
    constexpr bool per_thread = false;              \
    constexpr const char* function = #name;         \
    return call_with;                               \
  }                                                 \
  FAKE_EXPORT CUresult name##_ptsz parameters {     \
    constexpr bool per_thread = true;               \
    constexpr const char* function = #name "_ptsz"; \
    return call_with;                               \
  }

STREAM_TWINS(cuStreamBeginCapture, (CUstream stream),
             begin(function, stream, 0, per_thread, nullptr, nullptr, 0))
STREAM_TWINS(cuStreamBeginCapture_v2, (CUstream stream, int mode),
             begin(function, stream, mode, per_thread, nullptr, nullptr, 0))
STREAM_TWINS(cuStreamBeginCaptureToGraph,
             (CUstream stream, CUgraph graph, const CUgraphNode* after, const CUgraphEdgeData*,
              std::size_t count, int mode),
             begin(function, stream, mode, per_thread, graph, after, count))
STREAM_TWINS(cuStreamEndCapture, (CUstream stream, CUgraph* out), end(function, stream, out, per_thread))
STREAM_TWINS(cuStreamIsCapturing, (CUstream stream, int* out),
             info(function, stream, {.status = out}, per_thread))
STREAM_TWINS(cuStreamGetCaptureInfo, (CUstream stream, int* status, cuuint64_t* id),
             info(function, stream, {.status = status, .id = id}, per_thread))
STREAM_TWINS(cuStreamGetCaptureInfo_v2,
             (CUstream stream, int* status, cuuint64_t* id, CUgraph* graph, const CUgraphNode** last,
              std::size_t* count),
             info(function, stream, {status, id, graph, last, count}, per_thread))
STREAM_TWINS(cuStreamGetCaptureInfo_v3,
             (CUstream stream, int* status, cuuint64_t* id, CUgraph* graph, const CUgraphNode** last,
              const CUgraphEdgeData** edges, std::size_t* count),
             (edges != nullptr ? void(*edges = nullptr) : void(),
              info(function, stream, {status, id, graph, last, count}, per_thread)))
STREAM_TWINS(cuStreamUpdateCaptureDependencies,
             (CUstream stream, CUgraphNode* nodes, std::size_t count, unsigned flags),
             update(function, stream, nodes, count, flags, per_thread))
STREAM_TWINS(cuStreamUpdateCaptureDependencies_v2,
             (CUstream stream, CUgraphNode* nodes, const CUgraphEdgeData*, std::size_t count, unsigned flags),
             update(function, stream, nodes, count, flags, per_thread))

FAKE_EXPORT CUresult cuThreadExchangeStreamCaptureMode(int* mode) {
  return enter("cuThreadExchangeStreamCaptureMode", Need::kInit, [&](Call& call) -> CUresult {
    if (mode == nullptr || *mode < 0 || *mode > kRelaxed) return CUDA_ERROR_INVALID_VALUE;
    std::swap(*mode, call.thread().capture_mode);
    return CUDA_SUCCESS;
  });
}
