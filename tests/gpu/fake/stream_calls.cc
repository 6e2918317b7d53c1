// The driver's functions for streams and host functions. Those for capture are in capture_calls.cc.
#include "gpu/fake/capture.h"
#include "gpu/fake/driver.h"

namespace dure::gpu::fake {

void bury_streams(Process& process) {
  for (auto at = process.streams.begin(); at != process.streams.end();) {
    Stream& stream = *at->second;
    if ((stream.doomed || !stream.visible) && stream.context->idle(stream)) {
      std::erase(stream.context->streams, &stream);
      at = process.streams.erase(at);
    } else {
      ++at;
    }
  }
}

namespace {

CUresult create(const char* name, CUstream* out, unsigned flags, int priority) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr || flags > CU_STREAM_NON_BLOCKING) return CUDA_ERROR_INVALID_VALUE;
    bury_streams(call.process());
    *out = handle_of<CUstream>(&make_stream(call.process(), call.context(), flags, priority));
    return CUDA_SUCCESS;
  });
}

CUresult destroy(const char* name, CUstream handle) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    Stream* const stream = find(call.process().streams, handle);
    if (stream == nullptr || stream->doomed || !stream->visible) return CUDA_ERROR_INVALID_HANDLE;
    stream->doomed = true;
    bury_streams(call.process());
    return CUDA_SUCCESS;
  });
}

CUresult synchronise(const char* name, CUstream handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture) {
      stream->capture->invalid = true;
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    if (!call.block({.what = Wait::What::kStream, .stream = stream})) return CUDA_ERROR_UNKNOWN;
    release_pools(call);
    return CUDA_SUCCESS;
  });
}

CUresult query(const char* name, CUstream handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    return stream->context->idle(*stream) ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
  });
}

CUresult wait_event(const char* name, CUstream handle, CUevent event_handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    Event* const event = find(call.process().events, event_handle);
    if (stream == nullptr || event == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (event->capture != nullptr) return join_capture(*stream, *event);
    if (stream->capture != nullptr) return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
    stream->context->wait(*stream, *event);
    return CUDA_SUCCESS;
  });
}

CUresult host_function(const char* name, CUstream handle, std::function<void()> act, CUhostFn fn, void* user,
                       bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture != nullptr) {
      if (fn == nullptr) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
      GraphNode* const node = capture_node(*stream, CU_GRAPH_NODE_TYPE_HOST);
      if (node == nullptr) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
      node->host = {.fn = fn, .userData = user};
      return CUDA_SUCCESS;
    }
    Op op;
    op.kind = Op::Kind::kHost;
    op.act = std::move(act);
    stream->context->put(*stream, std::move(op));
    return CUDA_SUCCESS;
  });
}

CUresult launch_host(const char* name, CUstream stream, CUhostFn fn, void* user, bool per_thread) {
  if (fn == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return host_function(
      name, stream, [fn, user] { fn(user); }, fn, user, per_thread);
}

CUresult add_callback(const char* name, CUstream stream, CUstreamCallback callback, void* user,
                      bool per_thread) {
  if (callback == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return host_function(
      name, stream, [=] { callback(stream, CUDA_SUCCESS, user); }, nullptr, user, per_thread);
}

// What of a stream can be asked for.
template <typename Out, typename Value>
CUresult ask(const char* name, CUstream handle, bool per_thread, Out* out, Value value) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = value(*stream);
    return CUDA_SUCCESS;
  });
}

CUcontext context_of(const Stream& stream) {
  return handle_of<CUcontext>(stream.context);
}
unsigned flags_of(const Stream& stream) {
  return stream.flags;
}
int priority_of(const Stream& stream) {
  return stream.priority;
}
unsigned long long id_of(const Stream& stream) {
  return stream.id;
}
CUdevice device_of(const Stream& stream) {
  return stream.context->device;
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

// Both twins of a function: for the legacy and for the per-thread default stream.
#define TWINS(name, parameters, call_with)                              \
  FAKE_EXPORT CUresult name parameters {                                \
    const auto [function, per_thread] = std::pair(#name, false);        \
    return call_with;                                                   \
  }                                                                     \
  FAKE_EXPORT CUresult name##_ptsz parameters {                         \
    const auto [function, per_thread] = std::pair(#name "_ptsz", true); \
    return call_with;                                                   \
  }

FAKE_EXPORT CUresult cuStreamCreate(CUstream* out, unsigned flags) {
  return create("cuStreamCreate", out, flags, 0);
}
FAKE_EXPORT CUresult cuStreamCreateWithPriority(CUstream* out, unsigned flags, int priority) {
  return create("cuStreamCreateWithPriority", out, flags, priority);
}
FAKE_EXPORT CUresult cuStreamDestroy(CUstream stream) {
  return destroy("cuStreamDestroy", stream);
}
FAKE_EXPORT CUresult cuStreamDestroy_v2(CUstream stream) {
  return destroy("cuStreamDestroy_v2", stream);
}

TWINS(cuStreamSynchronize, (CUstream stream), synchronise(function, stream, per_thread))
TWINS(cuStreamQuery, (CUstream stream), query(function, stream, per_thread))
TWINS(cuStreamWaitEvent, (CUstream stream, CUevent event, unsigned),
      wait_event(function, stream, event, per_thread))
TWINS(cuLaunchHostFunc, (CUstream stream, CUhostFn fn, void* user),
      launch_host(function, stream, fn, user, per_thread))
TWINS(cuStreamAddCallback, (CUstream stream, CUstreamCallback callback, void* user, unsigned),
      add_callback(function, stream, callback, user, per_thread))
TWINS(cuStreamGetCtx, (CUstream stream, CUcontext* out), ask(function, stream, per_thread, out, context_of))
TWINS(cuStreamGetFlags, (CUstream stream, unsigned* out), ask(function, stream, per_thread, out, flags_of))
TWINS(cuStreamGetPriority, (CUstream stream, int* out), ask(function, stream, per_thread, out, priority_of))
TWINS(cuStreamGetId, (CUstream stream, unsigned long long* out),
      ask(function, stream, per_thread, out, id_of))
TWINS(cuStreamGetDevice, (CUstream stream, CUdevice* out), ask(function, stream, per_thread, out, device_of))
