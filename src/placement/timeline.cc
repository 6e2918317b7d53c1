#include "placement/timeline.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "base/result.h"
#include "placement/slices.h"

namespace dure::placement {
namespace {

constexpr base::Span kTick{1};

// Takes them off the room, one after the other.
std::int64_t take_most(Slot& room, const Shape& shape, std::int64_t most) {
  std::int64_t count = 0;
  for (; count < most && fits(room, shape); ++count) take(room, shape, tightest_cards(room, shape));
  return count;
}

// A slot as it goes from one change to the next.
class Walk {
 public:
  Walk(const Slot& present, std::span<const Change> changes, const Wish& wish)
      : free_(present),
        changes_(changes),
        now_(wish.now),
        endless_(wish.length == kForever),
        past_reservations_(wish.past_reservations) {
    while (next() <= wish.from && next() != kNever) apply(changes_[done_++]);
  }

  const Slot& free() const { return free_; }
  bool closed() const { return closed_ > 0; }
  bool fits(const Shape& shape) const { return !closed() && placement::fits(free_, shape); }
  base::Instant next() const { return done_ < changes_.size() ? changes_[done_].at : kNever; }

  // Everything of the next instant at once: what ends then makes room for what starts then. True where
  // something grows. REQUIRES: next() != kNever.
  bool step() {
    bool grows = false;
    for (const base::Instant at = next(); done_ < changes_.size() && changes_[done_].at == at; ++done_) {
      apply(changes_[done_]);
      grows |= changes_[done_].grows();
    }
    return grows;
  }

  // What is placed now stays to the end. How many that were.
  std::int64_t place(const Shape& shape, std::int64_t most) { return take_most(free_, shape, most); }

 private:
  void apply(const Change& change) {
    if (past_reservations_ && change.kind != Change::Kind::kRunEnds) return;
    if (endless_ && change.heed == Heed::kWhatEnds) return;
    switch (change.kind) {
      case Change::Kind::kCloses:
        ++closed_;
        return;
      case Change::Kind::kOpens:
        --closed_;
        return;
      case Change::Kind::kRunEnds:
        if (change.at <= now_) return;
        break;
      case Change::Kind::kStarts:
      case Change::Kind::kEnds:
        break;
    }
    free_.cpu_milli += change.cpu_milli;
    free_.memory += change.memory;
    if (free_.mig > 0 && change.cards != 0)
      return change_slices(free_, change.instance, change.cards, -change.milli_gpu);
    for (std::uint32_t left = change.cards; left != 0; left &= left - 1) {
      const auto card = static_cast<std::size_t>(std::countr_zero(left));
      free_.free[card] = static_cast<std::int16_t>(free_.free[card] + change.milli_gpu);
      free_.free_memory[card] += memory_of(change, card);
    }
  }

  // Negative where it is taken.
  std::int64_t memory_of(const Change& change, std::size_t card) const {
    Shape shape;
    shape.milli_gpu = std::abs(change.milli_gpu);
    shape.card_memory = change.card_memory;
    const std::int64_t memory = card_memory_of(free_, card, shape);
    return change.milli_gpu < 0 ? -memory : memory;
  }

  Slot free_;
  std::span<const Change> changes_;
  std::size_t done_ = 0;
  base::Instant now_;
  bool endless_;
  bool past_reservations_;
  std::int64_t closed_ = 0;
};

void lower(Slot& least, const Slot& other) {
  least.cpu_milli = std::min(least.cpu_milli, other.cpu_milli);
  least.memory = std::min(least.memory, other.memory);
  for (std::size_t i = 0; i < static_cast<std::size_t>(least.cards); ++i) {
    least.free[i] = std::min(least.free[i], other.free[i]);
    least.free_memory[i] = std::min(least.free_memory[i], other.free_memory[i]);
  }
  if (least.mig > 0) lower_slices(least, other);
}

// Walks to the end and lowers `least` to what is free throughout; stops, and says false, where not one fits
// any more.
bool fits_until(Walk& walk, Slot& least, const Shape& shape, base::Instant end) {
  bool fit = walk.fits(shape) && fits(least, shape);
  while (fit && walk.next() < end) {
    walk.step();
    lower(least, walk.free());
    fit = !walk.closed() && fits(least, shape);
  }
  return fit;
}

std::uint8_t instance_of(const Placed& part) {
  if (part.shape.mig == 0 || part.spot.cards == 0) return 0;
  return instance_code(part.shape.mig, part.spot.cards);
}

}  // namespace

base::Instant end_of(base::Instant start, base::Span length) {
  DURE_ASSERT(length.us > 0);
  if (length.us >= kNever.us - std::max<std::int64_t>(start.us, 0)) return kNever;
  return start + length;
}

Change Change::freed(Kind kind, base::Instant at, std::uint64_t key, const Placed& part) {
  const auto milli = static_cast<std::int16_t>(part.shape.milli_gpu);
  return {at,
          key,
          part.shape.cpu_milli,
          part.shape.memory,
          part.spot.cards,
          milli,
          part.shape.card_memory,
          kind,
          instance_of(part),
          Heed::kAll};
}

Change Change::taken(base::Instant at, std::uint64_t key, const Placed& part) {
  const auto milli = static_cast<std::int16_t>(-part.shape.milli_gpu);
  return {at,
          key,
          -part.shape.cpu_milli,
          -part.shape.memory,
          part.spot.cards,
          milli,
          part.shape.card_memory,
          Kind::kStarts,
          instance_of(part),
          Heed::kAll};
}

void Timeline::add(const Change& change) {
  // Of one instant what ends comes first: a new instance is not there together with the one before it.
  const auto key = [](const Change& each) { return std::pair(each.at, !each.grows()); };
  const auto after = [&](const Change& one, const Change& other) { return key(one) < key(other); };
  changes_.insert(std::upper_bound(changes_.begin(), changes_.end(), change, after), change);
  falls_ += change.grows() ? 0 : 1;
}

void Timeline::remove(std::uint64_t key) {
  const auto kept = std::remove_if(changes_.begin(), changes_.end(), [&](const Change& change) {
    if (change.key != key) return false;
    falls_ -= change.grows() ? 0 : 1;
    return true;
  });
  changes_.erase(kept, changes_.end());
}

std::optional<Slot> Timeline::least(const Slot& present, const Wish& wish) const {
  Walk walk(present, changes_, wish);
  Slot least = walk.free();
  const base::Instant end = only_rises(wish) ? wish.from : end_of(wish.from, wish.length);
  if (!fits_until(walk, least, wish.shape, end)) return std::nullopt;
  return least;
}

std::optional<base::Instant> Timeline::first_fit(const Slot& present, const Wish& wish,
                                                 base::Instant last) const {
  if (wish.from > last) return std::nullopt;
  Walk walk(present, changes_, wish);
  base::Instant start = wish.from;
  for (bool grown = true;; grown = walk.step()) {
    if (grown && walk.fits(wish.shape)) {
      if (only_rises(wish)) return start;
      Walk ahead = walk;
      Slot least = walk.free();
      if (fits_until(ahead, least, wish.shape, end_of(start, wish.length))) return start;
      if (!ahead.fits(wish.shape)) walk = ahead;
    }
    start = walk.next();
    if (start > last) return std::nullopt;
  }
}

void Timeline::add_steps(const Slot& present, const Wish& wish, std::int64_t most, base::Instant last,
                         std::vector<Step>& steps) const {
  if (wish.from > last) return;
  if (only_rises(wish)) {
    add_rising(present, wish, most, last, steps);
  } else {
    add_any(present, wish, most, last, steps);
  }
}

// Where nothing but ends is to come, what fits once fits for good. Equal parts leave the same of a card in
// any order, so that those placed at once and those added at each end are as many as all placed together.
void Timeline::add_rising(const Slot& present, const Wish& wish, std::int64_t most, base::Instant last,
                          std::vector<Step>& steps) const {
  Walk walk(present, changes_, wish);
  base::Instant at = wish.from;
  while (true) {
    const std::int64_t more = walk.place(wish.shape, most);
    if (more > 0) steps.push_back({at, more});
    most -= more;
    at = walk.next();
    if (most == 0 || at > last) return;
    walk.step();
  }
}

// From one change to the next the left edge stands still, and with every change that comes in at the right
// edge fewer fit.
void Timeline::add_any(const Slot& present, const Wish& wish, std::int64_t most, base::Instant last,
                       std::vector<Step>& steps) const {
  Walk walk(present, changes_, wish);
  std::int64_t count = 0;
  for (base::Instant from = wish.from;; walk.step()) {
    Walk ahead = walk;
    Slot least = walk.free();
    base::Instant start = from;
    do {
      const bool some = fits_until(ahead, least, wish.shape, end_of(start, wish.length));
      Slot room = least;
      const std::int64_t fit = some ? take_most(room, wish.shape, most) : 0;
      if (fit != count) steps.push_back({start, fit - count});
      count = fit;
      if (fit == 0 || ahead.next() == kNever) break;
      start = ahead.next() - wish.length + kTick;
    } while (start <= last && start < walk.next());
    if (!ahead.fits(wish.shape)) walk = ahead;
    from = walk.next();
    if (from > last) return;
  }
}

}  // namespace dure::placement
