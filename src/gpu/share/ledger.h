// The books of a container's memory, as one process writes them: reserve, call the driver, settle, and later
// release.
//
//   uint64_t units;
//   CUresult r = reserve_memory(*slot, card, bytes, &units);   // the quota has it from here on
//   if (r == CUDA_SUCCESS) {
//     r = driver's call;
//     if (r != CUDA_SUCCESS) release_memory(*slot, card, units);
//     else settle_memory(*slot, card, &units, what it really took);
//   }
//
// The total of a container never passes its limit, not for an instant. No lock is held between these calls or
// over the driver's. A process that dies anywhere in between leaves books that the others bring in order
// (ledger_change.h, reap.h). A limit that was lowered below what is in use takes nothing away: further
// requests are refused until enough was released.
//
// Threads: every function by any thread of the slot's process; four changes of a card can be under way at
// once, a fifth thread waits for one of them (tens of instructions). Units are 512 bytes.
#pragma once

#include <stdint.h>

#include "gpu/abi/cuda.h"
#include "gpu/share/ledger_words.h"
#include "gpu/share/slot.h"

namespace dure::gpu::share {

// Reserves `bytes`, rounded up to units, which are put into *units. Where there is no room: dead processes
// are reaped, trim_own_pools is called, and after each the request is tried again; then it is refused and
// counted. Errors: CUDA_ERROR_OUT_OF_MEMORY, with nothing changed and *units 0; CUDA_ERROR_INVALID_DEVICE for
// a card that the container does not have.
CUresult reserve_memory(Slot& slot, unsigned card, uint64_t bytes, uint64_t* units) noexcept;

// The reservation of *units is made one of `bytes`. Error: CUDA_ERROR_OUT_OF_MEMORY where it would have to
// grow and cannot: the reservation stays as it was and the caller undoes the allocation.
CUresult settle_memory(Slot& slot, unsigned card, uint64_t* units, uint64_t bytes) noexcept;

// Gives back what was reserved. REQUIRES: this process reserved it and has not given it back. False, with
// nothing changed, where the total has less than that (somebody wrote into the file).
bool release_memory(Slot& slot, unsigned card, uint64_t units) noexcept;

// What the allocations of this process hold on the card; exact while no other of its threads changes it.
uint64_t own_memory_units(const Slot& slot, unsigned card) noexcept;

// The container's total. `high` is the most there ever was.
struct MemoryTotals {
  uint64_t units;
  uint64_t high;
  uint64_t refused;
};
MemoryTotals memory_totals(const struct dure_usage* usage, unsigned card) noexcept;

// Called where a request for `units` of the card has no room: gives back what the process's own pools keep
// without using it. True when it gave anything back. It may call release_memory. Null: none. Set before
// threads run.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is a constant that initialises it
extern bool (*trim_own_pools)(unsigned card, uint64_t units) noexcept;

// Rounded up to a whole number of the driver's granules. What cannot be said in 64 bits comes back as the
// greatest number, which no limit has room for. REQUIRES: granule > 0.
constexpr uint64_t round_up(uint64_t bytes, uint64_t granule) noexcept {
  const uint64_t rest = bytes % granule;
  if (rest == 0) return bytes;
  const uint64_t more = granule - rest;
  return bytes > UINT64_MAX - more ? UINT64_MAX : bytes + more;
}

}  // namespace dure::gpu::share
