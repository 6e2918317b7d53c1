// What of a process's memory is no allocation of the program's: contexts, their limits, modules. It is
// charged like any other; dure_process_card::overhead and ::contexts say how much of it there is, for people
// and for the node, which compares with what NVML says of the process. Nothing is decided by them.
#pragma once

#include <stdint.h>

#include "gpu/abi/cuda.h"
#include "gpu/share/pointers.h"
#include "gpu/share/slot.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {

inline bool is_overhead(AllocationKind kind) noexcept {
  return kind == AllocationKind::kContext || kind == AllocationKind::kContextLimit ||
         kind == AllocationKind::kModule;
}

// After an entry was made, and after it was taken out. Any thread.
inline void note_made(Slot& slot, const Allocation& entry) noexcept {
  struct dure_process_card& books = slot.usage->process[slot.index].card[entry.card];
  if (is_overhead(entry.kind)) __atomic_fetch_add(&books.overhead, entry.units, __ATOMIC_RELAXED);
  DURE_STEP("overhead.made");
  if (entry.kind == AllocationKind::kContext) __atomic_fetch_add(&books.contexts, 1, __ATOMIC_RELAXED);
}
inline void note_gone(Slot& slot, const Allocation& entry) noexcept {
  struct dure_process_card& books = slot.usage->process[slot.index].card[entry.card];
  if (is_overhead(entry.kind)) __atomic_fetch_sub(&books.overhead, entry.units, __ATOMIC_RELAXED);
  DURE_STEP("overhead.gone");
  if (entry.kind == AllocationKind::kContext) __atomic_fetch_sub(&books.contexts, 1, __ATOMIC_RELAXED);
}

// cuDevicePrimaryCtxRetain of the driver, with the context charged to who makes it. (Of
// context_cost_cuda.cc.)
CUresult retain_primary(CUcontext* out, CUdevice device) noexcept;

}  // namespace dure::gpu::share
