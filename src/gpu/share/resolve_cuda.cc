#include <string.h>

#include "gpu/abi/cuda.h"
#include "gpu/share/driver.h"
#include "gpu/share/resolve.h"
#include "gpu/share/stubs.h"

namespace dure::gpu::share {
namespace {

CUresult refuse_symbol() noexcept {
  return CUDA_ERROR_NOT_FOUND;
}
CUresult refuse_driver() noexcept {
  return CUDA_ERROR_NO_DEVICE;
}

// Of cuGetErrorName and cuGetErrorString, without a driver.
CUresult name_error(CUresult error, const char** text) noexcept {
  if (text == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *text = error == CUDA_SUCCESS           ? "no error"
          : error == CUDA_ERROR_NO_DEVICE ? "no CUDA-capable device is detected"
                                          : "unknown error: the GPU driver cannot be used";
  return CUDA_SUCCESS;
}

template <class Function>
void* as_pointer(Function* function) noexcept {
  return reinterpret_cast<void*>(function);
}

// The slot of a symbol that this driver lacks, or when there is no driver, holds one of these.
bool is_refusal(const void* function) noexcept {
  return function == as_pointer(&refuse_symbol) || function == as_pointer(&refuse_driver) ||
         function == as_pointer(&name_error);
}

}  // namespace

void* cuda_refusal(const char* name) noexcept {
  if (strncmp(name, "cuGetError", 10) == 0) return as_pointer(&name_error);
  return as_pointer(&refuse_driver);
}

void* find_cuda(int symbol) noexcept {
  void* function = __atomic_load_n(&dure_slots_cuda[symbol], __ATOMIC_ACQUIRE);
  const char* where = static_cast<const char*>(function);
  if (where >= dure_first_call_cuda && where < dure_stubs_end_cuda) function = dure_resolve_cuda(symbol);
  return is_refusal(function) ? nullptr : function;
}

}  // namespace dure::gpu::share

extern "C" void* dure_resolve_cuda(int symbol) noexcept {
  using namespace dure::gpu::share;
  const char* name = cuda_symbols[symbol].name;
  void* function = find_function(cuda_driver, name);
  if (function == nullptr)
    function = open_driver(cuda_driver) ? as_pointer(&refuse_symbol) : cuda_refusal(name);
  __atomic_store_n(&dure_slots_cuda[symbol], function, __ATOMIC_RELEASE);
  return function;
}
