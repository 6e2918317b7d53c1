// Wrappers: when streams are captured, and when one is destroyed. While any is, a launch asks whether its own
// stream is: what is captured runs nothing, and no event of ours may get among it (gate.h).
//
// Parameters after the stream are handed on as they came: five words at the most, none a floating-point
// number.
#include <stdint.h>

#include "gpu/share/gates.h"
#include "gpu/share/graph_memory.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuStreamIsCapturing(CUstream stream, int* status) noexcept;
DURE_EXPORT CUresult cuStreamIsCapturing_ptsz(CUstream stream, int* status) noexcept;
DURE_EXPORT CUresult cuStreamDestroy(CUstream stream) noexcept;
DURE_EXPORT CUresult cuStreamDestroy_v2(CUstream stream) noexcept;

namespace dure::gpu::share {
namespace {

template <class Call>
CUresult begin(Call call) noexcept {
  begin_capture();
  const CUresult result = call();
  DURE_STEP("capture.begun");
  if (result != CUDA_SUCCESS) end_capture();
  return result;
}

// A capture that was invalidated ends with an error, and one that cannot end here goes on: the stream tells.
template <class IsCapturing, class Call>
CUresult end(CUstream stream, IsCapturing ask, Call call) noexcept {
  int before = CU_STREAM_CAPTURE_STATUS_NONE;
  int after = CU_STREAM_CAPTURE_STATUS_NONE;
  const bool told = ask(stream, &before) == CUDA_SUCCESS;
  const CUresult result = call();
  DURE_STEP("capture.ended");
  if (told && before != CU_STREAM_CAPTURE_STATUS_NONE && ask(stream, &after) == CUDA_SUCCESS &&
      after == CU_STREAM_CAPTURE_STATUS_NONE)
    end_capture();
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

#define DURE_BEGINS(name)                                                                               \
  DURE_EXPORT CUresult name(CUstream stream, uint64_t b, uint64_t c, uint64_t d, uint64_t e,            \
                            uint64_t f) noexcept;                                                       \
  CUresult name(CUstream stream, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) noexcept { \
    return begin([=]() noexcept { return DURE_REAL(name)(stream, b, c, d, e, f); });                    \
  }
#define DURE_ENDS(name, twin)                                                    \
  DURE_EXPORT CUresult name##twin(CUstream stream, CUgraph* graph) noexcept;     \
  CUresult name##twin(CUstream stream, CUgraph* graph) noexcept {                \
    return end(stream, DURE_REAL(cuStreamIsCapturing##twin),                     \
               [=]() noexcept { return DURE_REAL(name##twin)(stream, graph); }); \
  }
#define DURE_CAPTURES(twin)                        \
  DURE_BEGINS(cuStreamBeginCapture##twin)          \
  DURE_BEGINS(cuStreamBeginCapture_v2##twin)       \
  DURE_BEGINS(cuStreamBeginCaptureToGraph##twin)   \
  DURE_BEGINS(cuStreamBeginRecaptureToGraph##twin) \
  DURE_BEGINS(cuStreamBeginCaptureToCig##twin)     \
  DURE_ENDS(cuStreamEndCapture, twin)              \
  DURE_ENDS(cuStreamEndCaptureToCig, twin)
DURE_CAPTURES()
DURE_CAPTURES(_ptsz)

CUresult cuStreamDestroy(CUstream stream) noexcept {
  forget_stream(stream);
  forget_graph_stream(stream);
  return DURE_REAL(cuStreamDestroy)(stream);
}
CUresult cuStreamDestroy_v2(CUstream stream) noexcept {
  forget_stream(stream);
  forget_graph_stream(stream);
  return DURE_REAL(cuStreamDestroy_v2)(stream);
}
