// Timeline: what one slot has free from now on.
//
// It keeps what changes there and when: a running hold ends, a reservation starts or ends, the slot is
// closed or opened. What is free at an instant is what is free at present with every change up to then. A
// shape that starts at t and lasts for a length has the least of what is free, thing by thing (CPU, memory,
// each card), over all of [t, t + length).
//
// That least grows with t only where an end passes the left edge of the window, and falls only where
// something comes in at its right edge. So the earliest start is `from` or an end (the argument by which
// backfill looks only at "slots" of its profile: Mu'alem and Feitelson, IEEE TPDS 12(6), 2001), and how many
// shapes fit is a step function of t that falls only one microsecond after (change - length).
//
// Where a shape fits not at all at some instant, no start whose window has it in it need be looked at.
//
// Nothing is copied but the walk's one picture of the slot; nothing is allocated for a look. Plain values,
// owned by one thread; the present belongs to the caller.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "placement/board.h"
#include "placement/placed.h"

namespace dure::placement {

inline constexpr base::Instant kNever{std::numeric_limits<std::int64_t>::max()};
inline constexpr base::Span kForever{std::numeric_limits<std::int64_t>::max()};

// The end of what starts then; kNever where that is beyond all instants. REQUIRES: length > 0.
base::Instant end_of(base::Instant start, base::Span length);

// Who heeds that a slot is closed for a while: all, or only what ends. What has no end would keep away from a
// slot for as long as anything is planned there, however far ahead.
enum class Heed : std::uint8_t { kAll, kWhatEnds };

// What becomes free (or, negative, is taken) on a slot at an instant.
struct Change {
  enum class Kind : std::uint8_t { kRunEnds, kStarts, kEnds, kCloses, kOpens };
  base::Instant at;
  std::uint64_t key = 0;  // whose
  std::int64_t cpu_milli = 0;
  std::int64_t memory = 0;
  std::uint32_t cards = 0;       // as a mask
  std::int16_t milli_gpu = 0;    // of each of them
  std::int64_t card_memory = 0;  // of each, where the shape says how much (board.h)
  Kind kind = Kind::kRunEnds;
  std::uint8_t instance = 0;  // on a card in MIG mode (slices.h): which one it has a part of
  Heed heed = Heed::kAll;     // kCloses, kOpens

  static Change freed(Kind kind, base::Instant at, std::uint64_t key, const Placed& part);
  static Change taken(base::Instant at, std::uint64_t key, const Placed& part);
  bool grows() const { return kind != Kind::kStarts && kind != Kind::kCloses; }
};

// A shape that is to start at `from` or later and lasts for `length`.
struct Wish {
  Shape shape;
  base::Instant now;  // a run that was to end by now is overdue: nobody knows when it ends
  base::Instant from;
  base::Span length;
  bool past_reservations = false;  // looks past reservations and blocks, as if there were none
};

// From then on, so many more of a shape may start than just before.
struct Step {
  base::Instant at;
  std::int64_t more = 0;
};

class Timeline {
 public:
  void add(const Change& change);
  // Every change of that key.
  void remove(std::uint64_t key);
  // Something is reserved here or the slot is closed for a while: what is free does not only grow.
  bool reserved() const { return falls_ > 0; }

  // What is free throughout, where the wish starts at wish.from; nothing where its shape does not fit that.
  std::optional<Slot> least(const Slot& present, const Wish& wish) const;

  // What is free on the slot never falls for this wish.
  bool only_rises(const Wish& wish) const { return !reserved() || wish.past_reservations; }

  // The earliest start in [wish.from, last]. REQUIRES of both: last < kNever.
  std::optional<base::Instant> first_fit(const Slot& present, const Wish& wish, base::Instant last) const;

  // How many may start, at most `most`, as steps in [wish.from, last]: in the order of time, from 0.
  void add_steps(const Slot& present, const Wish& wish, std::int64_t most, base::Instant last,
                 std::vector<Step>& steps) const;

 private:
  void add_rising(const Slot& present, const Wish& wish, std::int64_t most, base::Instant last,
                  std::vector<Step>& steps) const;
  void add_any(const Slot& present, const Wish& wish, std::int64_t most, base::Instant last,
               std::vector<Step>& steps) const;

  std::vector<Change> changes_;  // in the order of time
  std::int64_t falls_ = 0;       // changes that take something
};

}  // namespace dure::placement
