// From a slot to the real function, at the first call of a symbol.
//
// Where there is none, the slot gets a function that refuses, and calling it says so in the words of the API:
//
//   cu*    the driver has no such symbol       CUDA_ERROR_NOT_FOUND (500)
//   cu*    there is no driver (driver.h)       CUDA_ERROR_NO_DEVICE (100), which every program knows how to
//   report nvml*  NVML has no such symbol             NVML_ERROR_FUNCTION_NOT_FOUND (13) nvml*  there is no
//   NVML                    NVML_ERROR_LIBRARY_NOT_FOUND (12)
//
// cuGetErrorName, cuGetErrorString and nvmlErrorString still name an error then, since who prints one does
// not look whether naming it worked.
#ifndef DURE_GPU_SHARE_RESOLVE_H
#define DURE_GPU_SHARE_RESOLVE_H

namespace dure::gpu::share {

// The real function of a symbol of libcuda.so.1 (number in cuda_symbols); null where the driver has none.
// Costs one load once its slot is filled. Any thread.
void* find_cuda(int symbol) noexcept;

// What to give a caller of cuGetProcAddress in place of a function when there is no driver: it refuses.
void* cuda_refusal(const char* name) noexcept;

}  // namespace dure::gpu::share

// For the stubs: fills the slot of this number, and gives what it holds now: the real function or a refusal.
extern "C" {
void* dure_resolve_cuda(int symbol) noexcept;
void* dure_resolve_nvml(int symbol) noexcept;
}

#endif
