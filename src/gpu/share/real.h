// How a wrapper is written, and how it calls the real function.
//
//   DURE_EXPORT CUresult cuMemFree_v2(CUdeviceptr address) noexcept {
//     const CUresult result = DURE_REAL(cuMemFree_v2)(address);
//     …
//
// DURE_REAL costs one load and one indirect call: it goes through the slot of the stub that the wrapper
// replaces, so the first call finds the real function by itself, and a symbol that this driver lacks, or a
// missing driver, is refused in the words of the API (resolve.h). Whoever adds a wrapper adds its name to
// wrapped_cuda.def, or cuGetProcAddress gives the real function behind its back.
//
// The name of a file says into which of the two libraries it goes: with cuda (memory_cuda.cc) into that which
// stands in for libcuda.so.1 alone, with nvml into the other alone, any other name into both. Wrappers are
// tested in the libraries (tests/gpu): in a program that links dure_gpu_share the stub of a name can come
// before its wrapper.
#ifndef DURE_GPU_SHARE_REAL_H
#define DURE_GPU_SHARE_REAL_H

#include "gpu/share/resolve.h"
#include "gpu/share/stubs.h"

#define DURE_EXPORT extern "C" __attribute__((visibility("default")))

// The real function of this name, of the type that gpu/abi/cuda.h (or nvml.h) or the wrapper itself declares.
#define DURE_REAL(name) \
  (reinterpret_cast<decltype(&::name)>(__atomic_load_n(&::dure_slot_##name, __ATOMIC_RELAXED)))

// Whether this driver has a function of this name, of libcuda.so.1. One load once it was called or asked for.
#define DURE_HAS_REAL(name) \
  (::dure::gpu::share::find_cuda(static_cast<int>(&::dure_slot_##name - ::dure_slots_cuda)) != nullptr)

#endif
