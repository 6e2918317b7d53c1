#include "gpu/share/slot.h"

#include "gpu/share/ledger_change.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/reap.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {

Slot* wiped_page = nullptr;

namespace {

// How many slots a process that starts looks at, to clear away those who ended: more than one, so that the
// dead do not grow in number.
constexpr unsigned kSweep = 4;

// Before anything is written into the slot: those who add up all slots stop there.
void note_used(struct dure_usage* usage, uint64_t index) noexcept {
  uint64_t used = RealMemory::load(&usage->used);
  while (used <= index && !RealMemory::swap(&usage->used, &used, index + 1)) {
  }
}

// REQUIRES: the bit is set by the caller. The locks decide.
bool take(const Reaper& self, unsigned index) noexcept {
  struct dure_usage* usage = self.usage;
  if (!lock_byte(self.file, DURE_REAP_BASE + index)) return false;
  DURE_STEP("claim.reap_lock");
  if (!lock_byte(self.file, DURE_LOCK_BASE + index)) {
    unlock_byte(self.file, DURE_REAP_BASE + index);
    return false;
  }
  DURE_STEP("claim.lock");
  note_used(usage, index);
  struct dure_process& process = usage->process[index];
  if (RealMemory::load(&process.pid) != 0) empty_slot(usage, index);
  DURE_STEP("claim.empty");
  RealMemory::store(&process.started, self.identity.started);
  RealMemory::store(&process.pid_namespace, self.identity.pid_namespace);
  RealMemory::store(&process.generation, process.generation + 1);
  DURE_STEP("claim.identity");
  RealMemory::store(&process.pid, self.identity.pid);
  DURE_STEP("claim.pid");
  __atomic_fetch_or(&usage->taken[index / 64], uint64_t{1} << index % 64, __ATOMIC_SEQ_CST);
  DURE_STEP("claim.taken");
  unlock_byte(self.file, DURE_REAP_BASE + index);
  DURE_STEP("claim.unlock");
  return true;
}

// The lowest slot that nobody seems to have, so that the file stays small in memory.
bool take_free(const Reaper& self, uint32_t* index) noexcept {
  for (unsigned word = 0; word < DURE_MAX_PROCESSES / 64; ++word) {
    uint64_t* taken = &self.usage->taken[word];
    for (uint64_t bits = RealMemory::load(taken); ~bits != 0;) {
      const unsigned bit = static_cast<unsigned>(__builtin_ctzll(~bits));
      const uint64_t mask = uint64_t{1} << bit;
      const uint64_t before = __atomic_fetch_or(taken, mask, __ATOMIC_SEQ_CST);
      bits = before | mask;
      DURE_STEP("claim.bit");
      if ((before & mask) == 0 && take(self, word * 64 + bit)) {
        *index = word * 64 + bit;
        return true;
      }
    }
  }
  return false;
}

PageFault claim_in(Slot* slot, int file) noexcept {
  const PageFault fault = map_usage(file, &slot->usage);
  if (fault != PageFault::kNone) return fault;
  DURE_STEP("claim.mapped");
  slot->identity = own_identity();
  const Reaper self = {slot->usage, file, slot->identity};
  reap_some(self, kSweep);
  if (take_free(self, &slot->index)) return PageFault::kNone;
  reap_dead(self, ReapWhat::kAll, 0);
  if (take_free(self, &slot->index)) return PageFault::kNone;
  unmap_usage(slot->usage);
  slot->usage = nullptr;
  return PageFault::kFull;
}

enum State : uint32_t { kUnclaimed, kClaiming, kClaimed = kSlotClaimed };

// What is not inlined keeps own_slot short.

// The page with this process's Slot, which is zero again in a child; where the kernel cannot do that,
// Slot::owner tells.
Slot* own_page = nullptr;
bool wipes_on_fork = false;

[[gnu::noinline]] Slot* make_page() noexcept {
  void* at = map_memory(sizeof(Slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (at == nullptr) return nullptr;
  bool wipes = advise_memory(at, sizeof(Slot), MADV_WIPEONFORK);
#ifdef DURE_GPU_TEST
  if (without_wipe_on_fork) wipes = !advise_memory(at, sizeof(Slot), MADV_WIPEONFORK + 1);  // MADV_KEEPONFORK
#endif
  __atomic_store_n(&wipes_on_fork, wipes, __ATOMIC_RELAXED);
  auto* page = static_cast<Slot*>(at);
  Slot* none = nullptr;
  if (__atomic_compare_exchange_n(&own_page, &none, page, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE)) {
    if (wipes) __atomic_store_n(&wiped_page, page, __ATOMIC_RELEASE);
    return page;
  }
  unmap_memory(at, sizeof(Slot));
  return none;
}

void pause_thread() noexcept {
  call_kernel(SYS_sched_yield);
}

// For kernels that cannot wipe: a page that has another owner is the parent's, of which nothing is left here.
[[gnu::noinline]] void disown(Slot* page) noexcept {
  const auto self = static_cast<uint64_t>(process_id());
  constexpr uint64_t kCleaning = uint64_t{1} << 63;
  uint64_t owner = RealMemory::load(&page->owner);
  while (owner != self) {
    if (owner == (self | kCleaning)) {
      pause_thread();
      owner = RealMemory::load(&page->owner);
      continue;
    }
    if (!RealMemory::swap(&page->owner, &owner, self | kCleaning)) continue;
    for (auto& card : page->lane_taken)
      for (auto& lane : card) __atomic_store_n(&lane, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&page->state, kUnclaimed, __ATOMIC_RELEASE);
    RealMemory::store(&page->owner, self);
    return;
  }
}

[[gnu::noinline]] Slot* claim_own(Slot* page, const char* folder, PageFault* fault) noexcept {
  for (;;) {
    uint32_t state = kUnclaimed;
    if (__atomic_compare_exchange_n(&page->state, &state, kClaiming, false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_ACQUIRE))
      break;
    if (state == kClaimed) return page;
    pause_thread();
  }
  DURE_STEP("own.claiming");
  *fault = claim_slot(folder, page);
  __atomic_store_n(&page->state, *fault == PageFault::kNone ? kClaimed : kUnclaimed, __ATOMIC_RELEASE);
  return *fault == PageFault::kNone ? page : nullptr;
}

}  // namespace

PageFault claim_slot(const char* folder, Slot* slot) noexcept {
  slot->folder = folder;
  for (PoolCharge& pool : slot->pool) pool = {};
  slot->launch = {};
  PageFault fault = map_limits(folder, &slot->limits);
  if (fault != PageFault::kNone) return fault;
  slot->pointers = Pointers::make();
  if (slot->pointers == nullptr) {
    unmap_limits(slot->limits);
    return PageFault::kUnmappable;
  }
  int file = -1;
  fault = open_usage(folder, &file);
  DURE_STEP("claim.open");
  if (fault == PageFault::kNone) {
    fault = claim_in(slot, file);
    close_file(file);
    DURE_STEP("claim.close");
  }
  if (fault != PageFault::kNone) {
    unmap_limits(slot->limits);
    slot->pointers->destroy();
  }
  return fault;
}

void leave_slot(Slot* slot) noexcept {
  unmap_usage(slot->usage);
  unmap_limits(slot->limits);
  slot->pointers->destroy();
  *slot = {};
}

Slot* own_slot(const char* folder, PageFault* fault) noexcept {
  Slot* page = __atomic_load_n(&own_page, __ATOMIC_ACQUIRE);
  if (page == nullptr) page = make_page();
  if (page == nullptr) {
    *fault = PageFault::kUnmappable;
    return nullptr;
  }
  if (!__atomic_load_n(&wipes_on_fork, __ATOMIC_RELAXED)) disown(page);
  *fault = PageFault::kNone;
  if (__atomic_load_n(&page->state, __ATOMIC_ACQUIRE) == kClaimed) return page;
  return claim_own(page, folder, fault);
}

}  // namespace dure::gpu::share
