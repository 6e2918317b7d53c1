// Wrappers: what waits for the card or asks it. The batches of launches that are open are closed before, so
// that a program's own pauses are not charged, and measured afterwards (gate.h); and pools that gave memory
// back to the card at such a call are settled.
//
// Copies take no device time by the books, as they run beside kernels; what is in the middle of a batch is in
// its span. Those that wait are here for their waiting alone; fills are launches (fills_cuda.cc). Their
// parameters are six words at the most, none a floating-point number, and are handed on as they came: for
// both architectures such words lie in registers.
#include <stdint.h>

#include "gpu/share/gates.h"
#include "gpu/share/real.h"

DURE_EXPORT CUresult cuCtxSynchronize() noexcept;
DURE_EXPORT CUresult cuCtxSynchronize_v2(CUcontext context) noexcept;
DURE_EXPORT CUresult cuStreamSynchronize(CUstream stream) noexcept;
DURE_EXPORT CUresult cuStreamSynchronize_ptsz(CUstream stream) noexcept;
DURE_EXPORT CUresult cuEventSynchronize(CUevent event) noexcept;
DURE_EXPORT CUresult cuStreamQuery(CUstream stream) noexcept;
DURE_EXPORT CUresult cuStreamQuery_ptsz(CUstream stream) noexcept;
DURE_EXPORT CUresult cuEventQuery(CUevent event) noexcept;

using namespace dure::gpu::share;

namespace {

template <class Call>
CUresult wait(const Gate* waits_for, Call call) noexcept {
  before_wait(waits_for);
  const CUresult result = call();
  after_wait();
  return result;
}
// Of an event or a copy nobody knows the stream: mostly it is one of the current context, as the null stream
// is.
template <class Call>
CUresult wait(CUstream stream, Call call) noexcept {
  CUcontext current = nullptr;
  return wait(remembered_gate(stream, &current), call);
}

}  // namespace

CUresult cuCtxSynchronize() noexcept {
  return wait(CUstream{nullptr}, []() noexcept { return DURE_REAL(cuCtxSynchronize)(); });
}
CUresult cuCtxSynchronize_v2(CUcontext context) noexcept {
  return wait(remembered_gate(context), [=]() noexcept { return DURE_REAL(cuCtxSynchronize_v2)(context); });
}
CUresult cuStreamSynchronize(CUstream stream) noexcept {
  return wait(stream, [=]() noexcept { return DURE_REAL(cuStreamSynchronize)(stream); });
}
CUresult cuStreamSynchronize_ptsz(CUstream stream) noexcept {
  return wait(stream, [=]() noexcept { return DURE_REAL(cuStreamSynchronize_ptsz)(stream); });
}
CUresult cuEventSynchronize(CUevent event) noexcept {
  return wait(CUstream{nullptr}, [=]() noexcept { return DURE_REAL(cuEventSynchronize)(event); });
}

CUresult cuStreamQuery(CUstream stream) noexcept {
  before_query();
  return DURE_REAL(cuStreamQuery)(stream);
}
CUresult cuStreamQuery_ptsz(CUstream stream) noexcept {
  before_query();
  return DURE_REAL(cuStreamQuery_ptsz)(stream);
}
CUresult cuEventQuery(CUevent event) noexcept {
  before_query();
  return DURE_REAL(cuEventQuery)(event);
}

#define DURE_WAITS(name)                                                                           \
  DURE_EXPORT CUresult name(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,            \
                            uint64_t f) noexcept;                                                  \
  CUresult name(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) noexcept { \
    return wait(CUstream{nullptr}, [=]() noexcept { return DURE_REAL(name)(a, b, c, d, e, f); });  \
  }
#define DURE_WAITS_ALL(name) DURE_WAITS(name) DURE_WAITS(name##_v2) DURE_WAITS(name##_v2_ptds)

DURE_WAITS(cuMemcpy)
DURE_WAITS(cuMemcpy_ptds)
DURE_WAITS(cuMemcpyPeer)
DURE_WAITS(cuMemcpyPeer_ptds)
DURE_WAITS(cuMemcpy3DPeer)
DURE_WAITS(cuMemcpy3DPeer_ptds)
DURE_WAITS_ALL(cuMemcpyHtoD)
DURE_WAITS_ALL(cuMemcpyDtoH)
DURE_WAITS_ALL(cuMemcpyDtoD)
DURE_WAITS_ALL(cuMemcpyDtoA)
DURE_WAITS_ALL(cuMemcpyAtoD)
DURE_WAITS_ALL(cuMemcpyHtoA)
DURE_WAITS_ALL(cuMemcpyAtoH)
DURE_WAITS_ALL(cuMemcpyAtoA)
DURE_WAITS_ALL(cuMemcpy2D)
DURE_WAITS_ALL(cuMemcpy2DUnaligned)
DURE_WAITS_ALL(cuMemcpy3D)
