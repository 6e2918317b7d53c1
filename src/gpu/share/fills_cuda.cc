// Wrappers: fills. The driver fills memory by kernels of its own, which take the card's processors as a
// program's do: without a gate a loop of fills has all of the card, whatever the share. So each is a launch
// (gates.h), known by its size to within a factor of two: there would be no end to exact sizes, each unknown
// at first. (Copies pass: those that reach the host run beside kernels, waits_cuda.cc.)
//
// Those that are not asynchronous wait where the host has the memory as well, managed or its own, and not
// where it is the card's (CUDA's driver API on synchronization). They close what is open before, as other
// calls that wait do, and afterwards what they began. Values are handed on as they came, in words that lie in
// registers.
#include <stdint.h>

#include "gpu/share/gates.h"
#include "gpu/share/real.h"

namespace dure::gpu::share {
namespace {

struct Fill {
  uint64_t width;  // elements
  uint64_t height;
  unsigned element;  // bytes
};

// The key is apart from those of kernels and graphs (estimate.h). 0 bytes are the driver's to look at.
Work work_of(const Fill& fill) noexcept {
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(fill.width, fill.height, &bytes) ||
      __builtin_mul_overflow(bytes, uint64_t{fill.element}, &bytes))
    bytes = UINT64_MAX;
  const uint64_t size = bytes == 0 ? 0 : 64 - static_cast<uint64_t>(__builtin_clzll(bytes));
  return {mix(3, size) | 1, nullptr, 1};
}

// waits: the call may return when the fill is over, so how long it takes says nothing of when the fill began.
template <class Call>
CUresult fill(CUstream stream, const Fill& what, bool waits, Call call) noexcept {
  if (what.width == 0 || what.height == 0) return call();
  Gate* gate = nullptr;
  const CUresult found = find_gate(stream, &gate);
  if (found != CUDA_SUCCESS) return found;
  Pass pass = gate->enter(stream, work_of(what));
  if (waits) {
    pass.ready_ns = 0;
    gate->before_waiting_launch();
  }
  const CUresult result = call();
  gate->leave(pass, result == CUDA_SUCCESS);
  return result;
}

template <class Call>
CUresult fill_and_wait(CUstream stream, const Fill& what, Call call) noexcept {
  before_query();
  const CUresult result = fill(stream, what, true, call);
  before_query();
  after_wait();
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

// Number is what a size is in that version.
#define DURE_FILLS_AND_WAITS(bits, version, stream, Number)                                                  \
  DURE_EXPORT CUresult cuMemsetD##bits##version(uint64_t to, uint64_t value, Number count) noexcept;         \
  DURE_EXPORT CUresult cuMemsetD2D##bits##version(uint64_t to, uint64_t pitch, uint64_t value, Number width, \
                                                  Number height) noexcept;                                   \
  CUresult cuMemsetD##bits##version(uint64_t to, uint64_t value, Number count) noexcept {                    \
    return fill_and_wait(stream, {count, 1, (bits) / 8},                                                     \
                         [=]() noexcept { return DURE_REAL(cuMemsetD##bits##version)(to, value, count); });  \
  }                                                                                                          \
  CUresult cuMemsetD2D##bits##version(uint64_t to, uint64_t pitch, uint64_t value, Number width,             \
                                      Number height) noexcept {                                              \
    return fill_and_wait(stream, {width, height, (bits) / 8}, [=]() noexcept {                               \
      return DURE_REAL(cuMemsetD2D##bits##version)(to, pitch, value, width, height);                         \
    });                                                                                                      \
  }
#define DURE_FILLS(bits, twin, stream_of)                                                                  \
  DURE_EXPORT CUresult cuMemsetD##bits##Async##twin(uint64_t to, uint64_t value, size_t count,             \
                                                    CUstream stream) noexcept;                             \
  DURE_EXPORT CUresult cuMemsetD2D##bits##Async##twin(                                                     \
      uint64_t to, uint64_t pitch, uint64_t value, size_t width, size_t height, CUstream stream) noexcept; \
  CUresult cuMemsetD##bits##Async##twin(uint64_t to, uint64_t value, size_t count,                         \
                                        CUstream stream) noexcept {                                        \
    return fill(stream_of(stream), {count, 1, (bits) / 8}, false, [=]() noexcept {                         \
      return DURE_REAL(cuMemsetD##bits##Async##twin)(to, value, count, stream);                            \
    });                                                                                                    \
  }                                                                                                        \
  CUresult cuMemsetD2D##bits##Async##twin(uint64_t to, uint64_t pitch, uint64_t value, size_t width,       \
                                          size_t height, CUstream stream) noexcept {                       \
    return fill(stream_of(stream), {width, height, (bits) / 8}, false, [=]() noexcept {                    \
      return DURE_REAL(cuMemsetD2D##bits##Async##twin)(to, pitch, value, width, height, stream);           \
    });                                                                                                    \
  }
#define DURE_SAME_STREAM(stream) stream
#define DURE_FILLS_OF(bits)                                          \
  DURE_FILLS_AND_WAITS(bits, , nullptr, unsigned)                    \
  DURE_FILLS_AND_WAITS(bits, _v2, nullptr, size_t)                   \
  DURE_FILLS_AND_WAITS(bits, _v2_ptds, CU_STREAM_PER_THREAD, size_t) \
  DURE_FILLS(bits, , DURE_SAME_STREAM)                               \
  DURE_FILLS(bits, _ptsz, twin_stream)
DURE_FILLS_OF(8)
DURE_FILLS_OF(16)
DURE_FILLS_OF(32)
