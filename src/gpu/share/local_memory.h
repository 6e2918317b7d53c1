// The local memory of kernels: what a thread keeps that does not fit into registers. For a kernel that needs
// more than any before it in its context the driver takes so much of the card at its launch as all threads
// that the card can run at once would need, and keeps it until the context goes (CUDA's programming guide on
// local memory; CU_CTX_LMEM_RESIZE_TO_MAX, which is what drivers of today always do). What is beyond the
// stack of every context is reserved before such a launch, once for each function; what the program set aside
// as stacks by a limit counts.
//
// Threads: any.
#pragma once

#include <stdint.h>

#include "gpu/abi/cuda.h"
#include "gpu/share/estimate.h"
#include "gpu/share/gates.h"
#include "gpu/share/slot.h"

namespace dure::gpu::share {

// Of a function in a context: a CUkernel has a function in each. Where it is remembered that it is reserved.
inline uint64_t local_key(CUfunction function, CUcontext context) noexcept {
  return mix(reinterpret_cast<uint64_t>(function), reinterpret_cast<uint64_t>(context)) | 1;
}
inline uint64_t& local_word(Slot& slot, uint64_t key) noexcept {
  return slot.launch.local[(key >> 32) % LaunchState::kFunctions];
}

// (Of limits_cuda.cc.)
CUresult reserve_local_memory(Slot& slot, uint64_t key, CUfunction function, CUstream stream) noexcept;

// Before the first launch of a function, and at little cost before others. Errors: CUDA_ERROR_OUT_OF_MEMORY
// where the share has no room for it; those of find_stream_card (card.h).
inline CUresult pay_for_local_memory(CUfunction function, CUstream stream) noexcept {
  Slot* slot = claimed_slot();
  CUcontext context = nullptr;
  if (slot == nullptr || function == nullptr || DURE_REAL(cuCtxGetCurrent)(&context) != CUDA_SUCCESS)
    return CUDA_SUCCESS;  // the driver refuses it
  const uint64_t key = local_key(function, context);
  if (__atomic_load_n(&local_word(*slot, key), __ATOMIC_RELAXED) == key) return CUDA_SUCCESS;
  return reserve_local_memory(*slot, key, function, stream);
}

// A module was unloaded, or a context destroyed: other functions may have the addresses of its own.
void forget_local_memory(Slot& slot) noexcept;

}  // namespace dure::gpu::share
