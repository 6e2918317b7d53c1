#include "gpu/share/ledger.h"

#include <time.h>

#include "gpu/share/ledger_change.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/reap.h"

namespace dure::gpu::share {

bool (*trim_own_pools)(unsigned card, uint64_t units) noexcept = nullptr;

namespace {

using Change = LedgerChange<RealMemory>;

void relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// A lane that no other thread of the process has. Threads begin at different ones, by where their stacks lie.
uint32_t take_lane(Slot& slot, unsigned card) noexcept {
  constexpr unsigned kSpins = 64;
  const auto stack = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  auto lane = static_cast<uint32_t>((stack >> 12 ^ stack >> 23) % DURE_LANES);
  for (unsigned tries = 0;; ++tries) {
    uint8_t* taken = &slot.lane_taken[card][lane];
    if (__atomic_exchange_n(taken, 1, __ATOMIC_ACQUIRE) == 0) return lane;
    lane = (lane + 1) % DURE_LANES;
    if (tries < kSpins)
      relax();
    else
      call_kernel(SYS_sched_yield);
  }
}

Changed change(Slot& slot, unsigned card, int64_t delta, uint64_t limit) noexcept {
  const uint32_t lane = take_lane(slot, card);
  Change books(&slot.usage->card[card], slot.usage->process, card);
  const Changed changed = books.make({slot.index, lane}, delta, limit);
  __atomic_store_n(&slot.lane_taken[card][lane], 0, __ATOMIC_RELEASE);
  return changed;
}

bool add(Slot& slot, unsigned card, uint64_t units) noexcept {
  return change(slot, card, static_cast<int64_t>(units), memory_limit_units(slot.limits, card)) ==
         Changed::kYes;
}

// Looking up process ids takes microseconds for each; it finds what the locks do not say in a rare case only
// (reap.h).
bool is_time_to_look_up(struct dure_usage* usage) noexcept {
  constexpr uint64_t kInterval = 20000000;
  struct timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  const uint64_t now = static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
  uint64_t last = RealMemory::load(&usage->looked_up_ns);
  // A time to come is somebody's nonsense.
  if (last <= now && now - last < kInterval) return false;
  return RealMemory::swap(&usage->looked_up_ns, &last, now);
}

void reap_memory(const Slot& slot, unsigned card) noexcept {
  Reaper reaper = {slot.usage, -1, is_time_to_look_up(slot.usage) ? slot.identity : ProcessIdentity{}};
  if (open_usage(slot.folder, &reaper.file) != PageFault::kNone) return;
  reap_dead(reaper, ReapWhat::kMemory, card);
  close_file(reaper.file);
}

// Not in reserve_memory, which is short that way.
[[gnu::noinline]] bool add_after_all(Slot& slot, unsigned card, uint64_t units) noexcept {
  // What could not fit into an empty share is not worth a search.
  if (units <= memory_limit_units(slot.limits, card)) {
    reap_memory(slot, card);
    if (add(slot, card, units)) return true;
    const auto trim = __atomic_load_n(&trim_own_pools, __ATOMIC_RELAXED);
    if (trim != nullptr && trim(card, units) && add(slot, card, units)) return true;
  }
  __atomic_fetch_add(&slot.usage->card[card].refused, 1, __ATOMIC_RELAXED);
  return false;
}

bool has_card(const Slot& slot, unsigned card) noexcept {
  return card < DURE_MAX_CARDS && card < slot.limits->header.cards;
}

}  // namespace

CUresult reserve_memory(Slot& slot, unsigned card, uint64_t bytes, uint64_t* units) noexcept {
  *units = 0;
  if (!has_card(slot, card)) return CUDA_ERROR_INVALID_DEVICE;
  const uint64_t wanted = units_of(bytes);
  if (wanted == 0) return CUDA_SUCCESS;
  if (!add(slot, card, wanted) && !add_after_all(slot, card, wanted)) return CUDA_ERROR_OUT_OF_MEMORY;
  *units = wanted;
  return CUDA_SUCCESS;
}

CUresult settle_memory(Slot& slot, unsigned card, uint64_t* units, uint64_t bytes) noexcept {
  const uint64_t wanted = units_of(bytes);
  if (wanted > *units) {
    const uint64_t more = wanted - *units;
    if (!add(slot, card, more) && !add_after_all(slot, card, more)) return CUDA_ERROR_OUT_OF_MEMORY;
  } else if (wanted < *units && !release_memory(slot, card, *units - wanted)) {
    return CUDA_ERROR_UNKNOWN;
  }
  *units = wanted;
  return CUDA_SUCCESS;
}

bool release_memory(Slot& slot, unsigned card, uint64_t units) noexcept {
  if (units == 0) return true;
  if (!has_card(slot, card) || units > kMostUnits) return false;
  return change(slot, card, -static_cast<int64_t>(units), 0) == Changed::kYes;
}

uint64_t own_memory_units(const Slot& slot, unsigned card) noexcept {
  if (!has_card(slot, card)) return 0;
  return Change(&slot.usage->card[card], slot.usage->process, card).held(slot.index);
}

MemoryTotals memory_totals(const struct dure_usage* usage, unsigned card) noexcept {
  // In this order: a higher total that is overwritten in between is in the high mark by then.
  const struct dure_card_usage& totals = usage->card[card];
  const uint64_t units = total_units(RealMemory::load(&totals.memory));
  const uint64_t high = RealMemory::load(&totals.memory_high);
  return {units, high > units ? high : units, RealMemory::load(&totals.refused)};
}

}  // namespace dure::gpu::share
