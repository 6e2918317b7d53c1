// Reserve, call, settle, enter: what the wrappers of functions that allocate have in common.
//
// A failure leaves nothing half done: what the driver gave is given back to it, and the books are as before.
#pragma once

#include <stdint.h>

#include "gpu/abi/cuda.h"
#include "gpu/share/card.h"
#include "gpu/share/ledger.h"
#include "gpu/share/overhead.h"
#include "gpu/share/pointers.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {

// What the driver takes for a linear allocation: from 1 MiB on whole pages of 2 MiB, below that a part of a
// page that it shares out in pieces of 512 bytes.
constexpr uint64_t linear_bytes(uint64_t bytes) noexcept {
  constexpr uint64_t kPiece = 512, kMost = uint64_t{1} << 20, kPage = uint64_t{2} << 20;
  return round_up(bytes, bytes < kMost ? kPiece : kPage);
}

constexpr uint64_t multiply(uint64_t a, uint64_t b) noexcept {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

// What an allocation turned out to be.
struct Made {
  uint64_t pointer;
  uint64_t bytes;  // what it is charged at
};

// Reserves `bytes`; call(Made*) asks the driver; undo(pointer) gives it back to the driver. `made->bytes` is
// `bytes` before the call.
template <class Call, class Undo>
CUresult charge(const Card& card, AllocationKind kind, uint64_t bytes, Call call, Undo undo) noexcept {
  uint64_t units = 0;
  CUresult result = reserve_memory(*card.slot, card.index, bytes, &units);
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("charge.reserved");
  Made made = {0, bytes};
  result = call(&made);
  if (result == CUDA_SUCCESS) {
    DURE_STEP("charge.made");
    result = settle_memory(*card.slot, card.index, &units, made.bytes);
    const Allocation entry = {made.pointer,
                              units,
                              reinterpret_cast<uint64_t>(card.context),
                              1,
                              kind,
                              static_cast<uint8_t>(card.index),
                              0};
    if (result == CUDA_SUCCESS && !card.slot->pointers->insert(entry)) result = CUDA_ERROR_OUT_OF_MEMORY;
    if (result != CUDA_SUCCESS) undo(made.pointer);
    DURE_STEP("charge.entered");
  }
  if (result != CUDA_SUCCESS) release_memory(*card.slot, card.index, units);
  return result;
}

// Takes the entry out, lets free() ask the driver, and gives the units back; where the driver refuses, all is
// as before. The entry goes first: once the driver has it back, another thread may be given the same address.
// *known is false where there is no such entry; then the driver is not asked.
template <class Free>
CUresult discharge(Slot& slot, AllocationKind kind, uint64_t pointer, bool* known, Free free) noexcept {
  Allocation entry = {};
  *known = slot.pointers->erase(kind, pointer, &entry);
  if (!*known) return CUDA_SUCCESS;
  DURE_STEP("discharge.erased");
  const CUresult result = free();
  DURE_STEP("discharge.freed");
  if (result == CUDA_SUCCESS)
    release_memory(slot, entry.card, entry.units);
  else
    slot.pointers->insert(entry);
  return result;
}

}  // namespace dure::gpu::share
