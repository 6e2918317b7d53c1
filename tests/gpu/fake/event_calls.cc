// The driver's functions for events.
#include "gpu/fake/capture.h"
#include "gpu/fake/driver.h"

namespace dure::gpu::fake {
namespace {

CUresult record(const char* name, CUevent handle, CUstream stream_handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Event* const event = find(call.process().events, handle);
    Stream* const stream = find_stream(call, stream_handle, per_thread);
    if (event == nullptr || stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (event->context != stream->context) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture != nullptr) return record_in_capture(*stream, *event);
    stream->context->record(*stream, *event);
    return CUDA_SUCCESS;
  });
}

CUresult destroy(const char* name, CUevent handle) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (find(call.process().events, handle) == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    call.process().events.erase(handle);
    return CUDA_SUCCESS;
  });
}

CUresult elapsed(const char* name, float* out, CUevent from_handle, CUevent to_handle) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Event* const from = find(call.process().events, from_handle);
    Event* const to = find(call.process().events, to_handle);
    if (from == nullptr || to == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (!from->recorded || !to->recorded) return CUDA_ERROR_INVALID_HANDLE;
    if (((from->flags | to->flags) & CU_EVENT_DISABLE_TIMING) != 0) return CUDA_ERROR_INVALID_HANDLE;
    if (!happened(*from) || !happened(*to)) return CUDA_ERROR_NOT_READY;
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const auto between = static_cast<double>(static_cast<std::int64_t>(to->t - from->t));
    *out = static_cast<float>(between / (1 << kTickBits) / 1e6);
    return CUDA_SUCCESS;
  });
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuEventCreate(CUevent* out, unsigned flags) {
  return enter("cuEventCreate", Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if ((flags & CU_EVENT_INTERPROCESS) != 0) return CUDA_ERROR_NOT_SUPPORTED;
    auto made = std::make_unique<Event>();
    made->context = &call.context();
    made->flags = flags;
    *out = handle_of<CUevent>(made.get());
    call.process().events.emplace(made.get(), std::move(made));
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuEventDestroy(CUevent event) {
  return destroy("cuEventDestroy", event);
}
FAKE_EXPORT CUresult cuEventDestroy_v2(CUevent event) {
  return destroy("cuEventDestroy_v2", event);
}

FAKE_EXPORT CUresult cuEventRecord(CUevent event, CUstream stream) {
  return record("cuEventRecord", event, stream, false);
}
FAKE_EXPORT CUresult cuEventRecord_ptsz(CUevent event, CUstream stream) {
  return record("cuEventRecord_ptsz", event, stream, true);
}
FAKE_EXPORT CUresult cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned) {
  return record("cuEventRecordWithFlags", event, stream, false);
}
FAKE_EXPORT CUresult cuEventRecordWithFlags_ptsz(CUevent event, CUstream stream, unsigned) {
  return record("cuEventRecordWithFlags_ptsz", event, stream, true);
}

FAKE_EXPORT CUresult cuEventQuery(CUevent handle) {
  return enter("cuEventQuery", Need::kInit, [&](Call& call) -> CUresult {
    Event* const event = find(call.process().events, handle);
    if (event == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (event->capture != nullptr) return CUDA_ERROR_CAPTURED_EVENT;
    return happened(*event) ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
  });
}

FAKE_EXPORT CUresult cuEventSynchronize(CUevent handle) {
  return enter("cuEventSynchronize", Need::kInit, [&](Call& call) -> CUresult {
    Event* const event = find(call.process().events, handle);
    if (event == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (event->capture != nullptr) return CUDA_ERROR_CAPTURED_EVENT;
    if (!call.block({.what = Wait::What::kEvent, .event = event})) return CUDA_ERROR_UNKNOWN;
    release_pools(call);
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuEventElapsedTime(float* out, CUevent from, CUevent to) {
  return elapsed("cuEventElapsedTime", out, from, to);
}
FAKE_EXPORT CUresult cuEventElapsedTime_v2(float* out, CUevent from, CUevent to) {
  return elapsed("cuEventElapsedTime_v2", out, from, to);
}
