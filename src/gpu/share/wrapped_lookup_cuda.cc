// cuGetProcAddress, both versions: see wrapped.h.
#include "gpu/abi/cuda.h"
#include "gpu/share/driver.h"
#include "gpu/share/real.h"
#include "gpu/share/wrapped.h"

// CUdriverProcAddressQueryResult, an enum of the driver's.
enum { kFound = 0, kNotFound = 1, kVersionNotSufficient = 2 };

DURE_EXPORT CUresult cuGetProcAddress(const char* symbol, void** function, int version,
                                      cuuint64_t flags) noexcept;
DURE_EXPORT CUresult cuGetProcAddress_v2(const char* symbol, void** function, int version, cuuint64_t flags,
                                         int* status) noexcept;

namespace dure::gpu::share {
namespace {

bool wants_twin(cuuint64_t flags) noexcept {
  return (flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM) != 0;
}

void set(int* status, int value) noexcept {
  if (status != nullptr) *status = value;
}

CUresult refuse(void** function, int* status, int why) noexcept {
  *function = nullptr;
  set(status, why);
  return CUDA_ERROR_NOT_FOUND;
}

// Without a driver the runtime still gets its functions: calling them is what is refused, so that a program
// says "no device" and not "your driver is too old".
CUresult answer_without_driver(const char* symbol, void** function, int version, cuuint64_t flags,
                               int* status) noexcept {
  if (symbol == nullptr || function == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *function = route_without_driver(symbol, version, wants_twin(flags));
  if (*function == nullptr) return refuse(function, status, kNotFound);
  set(status, kFound);
  return CUDA_SUCCESS;
}

// After the real one has answered `result`.
CUresult answer(const char* symbol, void** function, int version, cuuint64_t flags, int* status,
                CUresult result) noexcept {
  if (result != CUDA_SUCCESS || symbol == nullptr || function == nullptr || *function == nullptr)
    return result;
  void* routed = route(symbol, version, wants_twin(flags), *function);
  if (routed == nullptr) return refuse(function, status, kVersionNotSufficient);
  *function = routed;
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

DURE_EXPORT CUresult cuGetProcAddress(const char* symbol, void** function, int version,
                                      cuuint64_t flags) noexcept {
  using namespace dure::gpu::share;
  if (!open_driver(cuda_driver)) return answer_without_driver(symbol, function, version, flags, nullptr);
  const CUresult result = DURE_REAL(cuGetProcAddress)(symbol, function, version, flags);
  return answer(symbol, function, version, flags, nullptr, result);
}

DURE_EXPORT CUresult cuGetProcAddress_v2(const char* symbol, void** function, int version, cuuint64_t flags,
                                         int* status) noexcept {
  using namespace dure::gpu::share;
  if (!open_driver(cuda_driver)) return answer_without_driver(symbol, function, version, flags, status);
  const CUresult result = DURE_REAL(cuGetProcAddress_v2)(symbol, function, version, flags, status);
  return answer(symbol, function, version, flags, status, result);
}
