// A process's slot in `usage`: it is claimed at the process's first call that needs it, and again by a child
// at its own first call after fork.
//
// Whoever has the lock on the slot's byte owns the slot. The lock belongs to the open file description
// through which `usage` is mapped; the descriptor is closed at once and the mapping keeps the description. So
// the program cannot lose the lock by closing descriptors that it does not know, a child does not inherit it
// (the mapping is not copied by fork), exec drops it, and the kernel drops it however the process ends.
// Nobody waits for anybody: a slot that is being claimed, or whose claimer was stopped or killed half way, is
// passed over.
//
// Threads: claim_slot and leave_slot by one thread for one Slot; own_slot by any.
#pragma once

#include <stdint.h>

#include "gpu/abi/page.h"
#include "gpu/share/launch_state.h"
#include "gpu/share/page.h"
#include "gpu/share/pointers.h"
#include "gpu/share/pool_charge.h"
#include "gpu/share/slot_process.h"

namespace dure::gpu::share {

struct Slot {
  uint32_t state;  // of own_slot
  uint32_t index;
  uint64_t owner;  // of own_slot
  const struct dure_limits* limits;
  struct dure_usage* usage;
  Pointers* pointers;  // what the process allocated: not a forked child's
  const char* folder;
  ProcessIdentity identity;
  uint8_t lane_taken[DURE_MAX_CARDS][DURE_LANES];  // which lanes a thread of this process is using
  PoolCharge pool[kMostPools];                     // see pools.h
  LaunchState launch;                              // see gates.h
};

// Maps both files of `folder` and takes a free slot. On a fault nothing is mapped or taken. `folder` is kept,
// not copied. Two claims in one process give two slots.
PageFault claim_slot(const char* folder, Slot* slot) noexcept;

// Gives everything back as the end of the process would: what the slot holds is there for the reaper.
void leave_slot(Slot* slot) noexcept;

// The page of own_slot where the kernel wipes it in a child; null before, or where it cannot.
extern Slot* wiped_page;
inline constexpr uint32_t kSlotClaimed = 2;  // Slot::state

// The slot of this process if it is there and that takes no more than a look: for what is called often. Any
// thread.
inline Slot* claimed_slot() noexcept {
  Slot* page = __atomic_load_n(&wiped_page, __ATOMIC_ACQUIRE);
  return page != nullptr && __atomic_load_n(&page->state, __ATOMIC_ACQUIRE) == kSlotClaimed ? page : nullptr;
}

// The slot of this process: claimed now if need be. Null on a fault, which is then in *fault; the next call
// tries again. `folder` counts at the first call. Costs a few instructions when the slot is there.
Slot* own_slot(const char* folder, PageFault* fault) noexcept;

#ifdef DURE_GPU_TEST
// As on a kernel before 4.14, which cannot wipe memory on fork. Set before the first own_slot.
inline bool without_wipe_on_fork = false;
#endif

}  // namespace dure::gpu::share
