#include "gpu/share/reap.h"

#include "gpu/share/ledger_change.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {

namespace {

using Change = LedgerChange<RealMemory>;

unsigned cards_of(const struct dure_usage* usage) noexcept {
  const unsigned cards = usage->header.cards;
  return cards < DURE_MAX_CARDS ? cards : unsigned{DURE_MAX_CARDS};
}

void empty_card(struct dure_usage* usage, unsigned slot, unsigned card) noexcept {
  Change change(&usage->card[card], usage->process, card);
  for (uint32_t lane = 0; lane < DURE_LANES; ++lane) change.settle({slot, lane});
  DURE_STEP("reap.lanes");
  const uint64_t held = change.held(slot);
  struct dure_process_card& books = usage->process[slot].card[card];
  if (held != 0 &&
      (held > kMostUnits || change.make({slot, 0}, -static_cast<int64_t>(held), 0) != Changed::kYes)) {
    uint64_t* memory = &books.lane[0].memory;
    const uint64_t now = RealMemory::load(memory);
    RealMemory::store(memory, pack_memory(memory_units(now) - held, now));
  }
  DURE_STEP("reap.released");
  RealMemory::store(&books.overhead, 0);
  RealMemory::store(&books.contexts, 0);
  RealMemory::store(&books.work.outstanding_ns, 0);
  RealMemory::store(&books.work.waiting_ns, 0);
  RealMemory::store(&books.work.unfinished_ns, 0);
  RealMemory::store(&books.work.pending_from_ns, 0);
}

bool holds_memory(const struct dure_usage* usage, unsigned slot, unsigned card) noexcept {
  for (const auto& lane : usage->process[slot].card[card].lane)
    if (RealMemory::load(&lane.memory) >> kNumberBits != 0 || RealMemory::load(&lane.intent) != 0)
      return true;
  return false;
}

bool is_dead(const Reaper& reaper, unsigned slot) noexcept {
  if (!is_byte_locked(reaper.file, DURE_LOCK_BASE + slot)) return true;
  const struct dure_process& process = reaper.usage->process[slot];
  const ProcessIdentity owner = {RealMemory::load(&process.pid), RealMemory::load(&process.started),
                                 RealMemory::load(&process.pid_namespace)};
  return is_gone(owner, reaper.identity);
}

void clear_taken(struct dure_usage* usage, unsigned slot) noexcept {
  __atomic_fetch_and(&usage->taken[slot / 64], ~(uint64_t{1} << slot % 64), __ATOMIC_SEQ_CST);
}

}  // namespace

void empty_slot(struct dure_usage* usage, unsigned slot) noexcept {
  const unsigned cards = cards_of(usage);
  for (unsigned card = 0; card < cards; ++card) empty_card(usage, slot, card);
  DURE_STEP("reap.emptied");
  RealMemory::store(&usage->process[slot].pid, 0);
  DURE_STEP("reap.pid");
}

bool reap_slot(const Reaper& reaper, unsigned slot) noexcept {
  // Without the lock first: most slots are of processes that are alive.
  if (!is_dead(reaper, slot)) return false;
  if (!lock_byte(reaper.file, DURE_REAP_BASE + slot)) return false;
  DURE_STEP("reap.lock");
  // Again, now that nobody can claim it.
  const bool dead = is_dead(reaper, slot);
  const bool was_somebody = dead && RealMemory::load(&reaper.usage->process[slot].pid) != 0;
  if (was_somebody) empty_slot(reaper.usage, slot);
  // The bit of one that somebody is only about to claim may go as well: who has claimed it sets it again.
  if (dead) clear_taken(reaper.usage, slot);
  DURE_STEP("reap.cleared");
  unlock_byte(reaper.file, DURE_REAP_BASE + slot);
  DURE_STEP("reap.unlock");
  return was_somebody;
}

unsigned reap_dead(const Reaper& reaper, ReapWhat what, unsigned card) noexcept {
  unsigned reaped = 0;
  for (unsigned word = 0; word < DURE_MAX_PROCESSES / 64; ++word) {
    for (uint64_t bits = RealMemory::load(&reaper.usage->taken[word]); bits != 0; bits &= bits - 1) {
      const unsigned slot = word * 64 + static_cast<unsigned>(__builtin_ctzll(bits));
      if (what == ReapWhat::kMemory && !holds_memory(reaper.usage, slot, card)) continue;
      if (reap_slot(reaper, slot)) ++reaped;
    }
  }
  return reaped;
}

void reap_some(const Reaper& reaper, unsigned count) noexcept {
  for (unsigned i = 0; i < count; ++i) {
    // The next taken slot at or after where the last one stopped; one look at all words at the most.
    const uint64_t from = __atomic_load_n(&reaper.usage->swept, __ATOMIC_RELAXED) % DURE_MAX_PROCESSES;
    for (unsigned step = 0; step <= DURE_MAX_PROCESSES / 64; ++step) {
      const unsigned word = (static_cast<unsigned>(from) / 64 + step) % (DURE_MAX_PROCESSES / 64);
      uint64_t bits = RealMemory::load(&reaper.usage->taken[word]);
      if (step == 0) bits &= ~uint64_t{0} << from % 64;
      if (bits == 0) continue;
      const unsigned slot = word * 64 + static_cast<unsigned>(__builtin_ctzll(bits));
      __atomic_store_n(&reaper.usage->swept, slot + 1, __ATOMIC_RELAXED);
      reap_slot(reaper, slot);
      break;
    }
  }
}

}  // namespace dure::gpu::share
