// Pools of stream-ordered memory, and the memory of graphs: charged is what a pool keeps of the card
// (RESERVED_MEM_CURRENT), whether the program uses it or not.
//
// A call that may make a pool grow reserves beforehand as much as it can grow by: the request, in the
// driver's granules. Afterwards the pool is settled: of the reservation so much stays as the pool grew by,
// and the rest is given back. Where several calls are under way, one may find the growth of another; it pays
// with what it has itself, and the other, which still holds its own, pays the rest. So what is charged is
// never less than what the pools keep. What a pool gave back to the card by itself is noticed at the next
// settling.
//
// A pool that is destroyed while memory of it is in use lives until that is freed: it stays charged as it
// was.
//
// Threads: all. A word for each pool lets one thread settle it at a time: no allocating call of the driver
// happens under it, only the question of how much the pool keeps, and the request to keep less. So the driver
// is never asked about a pool that another thread is destroying.
#pragma once

#include <stdint.h>

#include "gpu/abi/cuda.h"
#include "gpu/share/card.h"
#include "gpu/share/pool_charge.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {

enum PoolState : uint8_t { kPoolFree, kPoolLive, kPoolDraining };

// What a pool keeps: memory of the card, the card's memory of graphs, or none that is charged.
enum class PoolOf : uint8_t { kCard, kGraphs, kNothing };

// The pool of this handle, entered now where it is not known. Null: there are too many.
PoolCharge* enter_pool(Slot& slot, uint64_t handle, unsigned card, CUdevice device,
                       PoolOf of = PoolOf::kCard) noexcept;
PoolCharge* find_pool(Slot& slot, uint64_t handle) noexcept;

// The device's memory of graphs. Null: there are too many pools.
PoolCharge* enter_graph_pool(const Card& card) noexcept;

// From now on a request that has no room trims the process's pools first, and lets go of what it no longer
// shares (shared_handles.h).
void watch_for_room() noexcept;

// Before a call that may make the pool grow by `bytes`; *units are what settle_pool takes back.
CUresult begin_growth(Slot& slot, PoolCharge& pool, uint64_t bytes, uint64_t* units) noexcept;
// After it, whether it succeeded or not. Error: CUDA_ERROR_OUT_OF_MEMORY where the pool grew by more than was
// reserved and there is no room for that: the caller undoes the call and settles again.
CUresult end_growth(Slot& slot, PoolCharge& pool, uint64_t units) noexcept;

// Notices what the pools of the card gave back by themselves. Cheap where there are none.
void settle_pools(Slot& slot, unsigned card) noexcept;

// An allocation of it is there.
void note_allocated(PoolCharge& pool) noexcept;

// Before the program destroys it; and after: the driver did, or refused.
void begin_destroying(PoolCharge& pool) noexcept;
void note_destroyed(Slot& slot, PoolCharge& pool) noexcept;
void note_kept(PoolCharge& pool) noexcept;

// cuMemFree or cuMemFreeAsync of what may come from a pool: ask() is the driver's call.
void note_freed(Slot& slot, PoolCharge& pool) noexcept;
// Before the program frees an address that nothing is known of, such as a graph's (graph_memory.h).
void note_unknown_free(Slot& slot) noexcept;
template <class Ask>
CUresult free_pooled(Slot& slot, uint64_t address, Ask ask) noexcept {
  Allocation entry = {};
  if (!slot.pointers->erase(AllocationKind::kPooled, address, &entry)) {
    note_unknown_free(slot);
    return ask();
  }
  DURE_STEP("ordered.erased");
  const CUresult result = ask();
  DURE_STEP("ordered.freed");
  if (result == CUDA_SUCCESS)
    note_freed(slot, *reinterpret_cast<PoolCharge*>(entry.owner));  // NOLINT(performance-no-int-to-ptr)
  else
    slot.pointers->insert(entry);
  return result;
}

}  // namespace dure::gpu::share
