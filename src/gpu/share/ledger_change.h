// One change of a container's total of a card's memory, and what is to be done where its process died in it.
//
// The total is one word of 64 bits. A change is made by compare-and-swap, so that the sum passes the limit at
// no instant and no lock is held over anything. What makes it survive SIGKILL between any two instructions is
// that afterwards everybody can tell whether a change took effect:
//
//   1  number  the change gets a number: one more than that of the lane's last change that took effect
//   2  intent  by how much
//   3  total   compare-and-swap from w to w', where w' carries (slot, lane, sequence) of this change
//   4  memory  the lane's sum and, in the same word, the number of the last change that is in it
//   5  intent  0
//
// and that whoever is about to overwrite a total w first helps the change that made w: unless that has come
// to its step 4, its number is written to its lane's `done`. Now let the owner be dead and `intent` not 0:
//
//   memory has the number           the change took effect and is in the sum: clear the intent
//   the total carries its sequence  it took effect
//   done == number                  it took effect and somebody overwrote the total since
//   else                            it did not, and it never will
//
// Taking back what a dead process has is a change like any other, made on the dead slot's own lane by whoever
// holds that slot's reaping lock (reap.h): where that one dies in it, the next finds what any dead process
// leaves.
//
// Why this is right. (a) A number is used again only by a change that did not take effect, so the changes of
// a lane that took effect have the numbers 1, 2, 3, … in the order in which they did. Hence where the total
// carries (s, l, q), the last change of (s, l) that took effect has a number with the low bits q, and that
// number is `number` (until the owner, having settled it, begins the next). (b) `done` is true: a helper
// reads `number` and after that finds the total unchanged. What made this total has a number N' with the low
// bits q, and the `number` n read before is at most N'. Where n has the low bits q too, it is N' or lies a
// whole number of turns of the sequence below, and then it took effect long ago. So n took effect, whatever
// happened in between; numbers are 64 bits and `done` only grows, so a helper that was stopped for an hour
// and then writes cannot undo what was written since. (c) `done` is complete: a total is overwritten only by
// a swap from the very word whose change was helped. A word can come back: that takes a helper that sleeps
// between reading it and swapping while the same lane makes exactly a multiple of 2^18 changes of that card
// and leaves the same units; to do harm, the lane's owner must then be killed between its steps 3 and 4 while
// the helper wakes just there. The price is then that one change is forgotten. ledger_explore_test.cc shows
// this with a sequence of one bit, and with more that there is nothing else.
//
// On machines that reorder: number and intent are stored before the swap, which releases them to whoever
// reads that total (loads acquire); a helper's `done` is stored before its swap; the reaper reads the total
// before `done`. The explorer runs the accesses in program order, one at a time: this paragraph is argued,
// not explored.
//
// memory_high is exact for the same reason: who overwrites a total first sees to it that the high mark is no
// less.
//
// `Memory` is how words are read and written: RealMemory, or the explorer's of ledger_explore_test.cc, which
// runs every interleaving. Threads: a lane belongs to one thread at a time; everything else is shared.
#pragma once

#include <stdint.h>

#include "gpu/abi/page.h"
#include "gpu/share/ledger_words.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {

struct RealMemory {
  static uint64_t load(const uint64_t* word) noexcept { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
  static void store(uint64_t* word, uint64_t value) noexcept {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
  }
  // On failure `expected` is what was found.
  static bool swap(uint64_t* word, uint64_t* expected, uint64_t value) noexcept {
    return __atomic_compare_exchange_n(word, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE);
  }
};

enum class Changed : uint8_t {
  kYes,
  kOverLimit,  // nothing was changed: there was no room at the instant of the refusal
  kTooMuch,    // nothing was changed: more was to be taken off than there is
};

// SequenceBits: fewer than kSequenceBits only to show what they are for.
template <class Memory, unsigned SequenceBits = kSequenceBits>
class LedgerChange {
 public:
  // `processes` are the container's DURE_MAX_PROCESSES slots. REQUIRES: card < DURE_MAX_CARDS.
  LedgerChange(struct dure_card_usage* usage, struct dure_process* processes, unsigned card) noexcept
      : usage_(usage), processes_(processes), card_(card) {}

  // Adds `delta` units to the total and to the lane: all of it, or nothing. `limit` in units; what is taken
  // off is never refused for it. REQUIRES: the caller has the lane to itself, nothing is under way on it,
  // |delta| <= kMostUnits + 1.
  Changed make(Changer by, int64_t delta, uint64_t limit) noexcept {
    struct dure_lane* lane = lane_of(by);
    const uint64_t memory = Memory::load(&lane->memory);
    uint64_t number = Memory::load(&lane->number);
    if (is_settled(memory, number)) Memory::store(&lane->number, ++number);
    DURE_STEP("ledger.number");
    Memory::store(&lane->intent, pack_intent(delta));
    DURE_STEP("ledger.intent");
    const Changed changed = swap_total(by, number, delta, limit);
    if (changed == Changed::kYes) {
      DURE_STEP("ledger.total");
      Memory::store(&lane->memory, pack_memory(memory_units(memory) + static_cast<uint64_t>(delta), number));
      DURE_STEP("ledger.memory");
    }
    Memory::store(&lane->intent, 0);
    DURE_STEP("ledger.settled");
    return changed;
  }

  // What a dead owner left under way on a lane is brought to an end, one way or the other.
  // REQUIRES: the owner is dead and the caller holds the slot's reaping lock.
  void settle(Changer by) noexcept {
    struct dure_lane* lane = lane_of(by);
    const uint64_t intent = Memory::load(&lane->intent);
    if (intent == 0) return;
    const uint64_t number = Memory::load(&lane->number);
    const uint64_t memory = Memory::load(&lane->memory);
    if (!is_settled(memory, number) && took_effect(by, number)) {
      DURE_STEP("reap.effect");
      Memory::store(&lane->memory, pack_memory(memory_units(memory) + intent_delta(intent), number));
      DURE_STEP("reap.memory");
    }
    Memory::store(&lane->intent, 0);
    DURE_STEP("reap.settled");
  }

  // What the slot's settled changes add up to.
  uint64_t held(unsigned slot) const noexcept {
    uint64_t units = 0;
    for (const auto& lane : processes_[slot].card[card_].lane)
      units += memory_units(Memory::load(&lane.memory));
    return low_bits(units, kLaneUnitBits);
  }

  // For a change that is under way and not settled: whether it is in the total.
  // The total is read before `done`: who overwrites it in between has written `done` before.
  bool took_effect(Changer by, uint64_t number) const noexcept {
    if (is_last_change(Memory::load(&usage_->memory), by, low_bits(number, SequenceBits))) return true;
    return Memory::load(&lane_of(by)->done) == number;
  }

 private:
  struct dure_lane* lane_of(Changer by) const noexcept {
    return &processes_[by.slot].card[card_].lane[by.lane];
  }

  Changed swap_total(Changer by, uint64_t number, int64_t delta, uint64_t limit) noexcept {
    uint64_t total = Memory::load(&usage_->memory);
    for (;;) {
      const uint64_t units = total_units(total);
      if (delta > 0 && (units > limit || static_cast<uint64_t>(delta) > limit - units))
        return Changed::kOverLimit;
      if (delta < 0 && units < static_cast<uint64_t>(-delta)) return Changed::kTooMuch;
      raise(&usage_->memory_high, units);
      help(total);
      DURE_STEP("ledger.helped");
      const uint64_t after =
          pack_total(units + static_cast<uint64_t>(delta), by, low_bits(number, SequenceBits));
      if (Memory::swap(&usage_->memory, &total, after)) return Changed::kYes;
    }
  }

  // See the head of this file.
  void help(uint64_t total) noexcept {
    struct dure_lane* lane = lane_of(total_changer(total));
    const uint64_t number = Memory::load(&lane->number);
    if (low_bits(number, SequenceBits) != total_sequence(total)) return;  // settled: the next has begun
    if (is_settled(Memory::load(&lane->memory), number)) return;
    if (Memory::load(&usage_->memory) != total) return;  // the swap will fail
    raise(&lane->done, number);
  }

  static void raise(uint64_t* word, uint64_t value) noexcept {
    uint64_t now = Memory::load(word);
    while (now < value && !Memory::swap(word, &now, value)) {
    }
  }

  struct dure_card_usage* usage_;
  struct dure_process* processes_;
  unsigned card_;
};

}  // namespace dure::gpu::share
