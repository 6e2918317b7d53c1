// Horizon: what every slot has free from now on, and the earliest moment at which something fits.
//
// It is the heart of backfill with promised starts ("conservative backfilling": Mu'alem and Feitelson, IEEE
// TPDS 12(6), 2001): an entry gets a reservation, that is a start and concrete cards, and whoever comes later
// may start only where it collides with none. Known are
//   the present     what is free now, the running holds subtracted: the caller's board
//   runs            holds that the present has subtracted already, and when they end at the latest
//   reservations    what will be taken for [starts, ends), not subtracted from the present
//   blocks          a whole slot for [starts, ends), for maintenance: nothing may run there in it
// A shape fits for [t, t + length) where it fits the least of what is free in that time (timeline.h).
//
// A run that should have ended by now is overdue: when it ends is unknown, and it counts as held for ever, as
// does a hold that was never told of here. What a reservation has at its start may thus be missing; then what
// is free is below zero there, and nothing fits beside it.
//
// The place is chosen by the rule of stranded.h, on what is free throughout: least growth of what is
// stranded, equals the first slot. (The toll that a Forest takes for models asked for by name is not here.)
//
// A look takes a walk over the changes of each slot up to the best start found so far; run() and remove()
// take the changes of the slots touched. Single-threaded; owned by whoever plans.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "placement/board.h"
#include "placement/placed.h"
#include "placement/stranded.h"
#include "placement/timeline.h"

namespace dure::placement {

class Horizon {
 public:
  using Key = std::uint64_t;  // the owner's number of a run, a reservation or a block

  // The present is the caller's and outlives this. It may change with every take and give_back there; the
  // number of its slots stays.
  explicit Horizon(const std::vector<Slot>* present, std::int64_t slope = kSlopeMilliCpu);

  // Runs that were to end by then are overdue. Never told: those that were to end by the `from` of a
  // question; who asks from a later instant on than now, tells now. REQUIRES: no question has an earlier
  // `from`.
  void set_now(base::Instant now) { now_ = now; }

  // A slot out of service fits nothing until it is back; what is known of it stays.
  void set_service(std::size_t slot, bool in_service) { in_service_[slot] = in_service; }
  bool in_service(std::size_t slot) const { return in_service_[slot]; }

  // A hold that the present has subtracted, and that gives its cards back at `ends` (kNever: never).
  // REQUIRES: the key is not known.
  void run(Key key, std::span<const Placed> parts, base::Instant ends);

  // Taken for [starts, ends), ends > starts, or for ever (kNever). REQUIRES: the key is not known.
  void reserve(Key key, std::span<const Placed> parts, base::Instant starts, base::Instant ends);

  // Nothing runs on the slot in [starts, ends), ends > starts; kNever: for good. A window over several slots
  // may have one key. Heed::kWhatEnds: what is asked for with the length kForever does not heed it.
  // REQUIRES: the key is not known but for blocks of other slots.
  void block(Key key, std::size_t slot, base::Instant starts, base::Instant ends, Heed heed = Heed::kAll);

  // Ended or withdrawn. Of a run the caller gives back to the present himself. A reservation that starts is
  // removed and told of as a run. REQUIRES: the key is known.
  void remove(Key key);
  bool knows(Key key) const { return slots_of_.contains(key); }

  struct Opening {
    base::Instant start;
    std::vector<Spot> spots;  // of the replicas, in the order of their choice
    bool operator==(const Opening&) const = default;
  };

  // The earliest start in [from, before) at which so many replicas of the shape fit for the length, beside
  // everything known and beside each other; `apart`: each on a slot of its own. kForever as length: for good.
  // REQUIRES: replicas > 0, length > 0.
  std::optional<Opening> earliest(const Shape& shape, std::int64_t replicas, bool apart, base::Instant from,
                                  base::Span length, base::Instant before = kNever) const;

  // The same for one replica on one of these slots.
  std::optional<Opening> earliest_on(std::span<const std::size_t> slots, const Shape& shape,
                                     base::Instant from, base::Span length,
                                     base::Instant before = kNever) const;

  // True where all of these parts may be on these very cards for [from, from + length): nothing that runs, is
  // reserved or blocked collides with them. REQUIRES: length > 0.
  bool open(std::span<const Placed> parts, base::Instant from, base::Span length) const;

  // Slots that have a reservation or a block, even one that has passed; the others only become freer, and a
  // quick search for a start at once may look at those without asking here.
  bool reserved(std::size_t slot) const { return timelines_[slot].reserved(); }
  std::span<const std::size_t> reserved_slots() const { return reserved_slots_; }  // ascending

 private:
  struct Best;

  Wish wish(const Shape& shape, base::Instant from, base::Span length) const {
    return {.shape = shape, .now = now_.value_or(from), .from = from, .length = length};
  }
  std::optional<Slot> least(std::size_t slot, const Wish& wish) const {
    return timelines_[slot].least((*present_)[slot], wish);
  }
  bool may_take(std::size_t slot, const Shape& shape) const;
  void look_at(std::size_t slot, Wish wish, Best& best) const;
  static std::optional<Opening> opening(const Best& best, const Shape& shape);
  std::optional<Opening> earliest_one(const Wish& wish, base::Instant before) const;
  std::optional<base::Instant> sweep(const Wish& wish, std::int64_t replicas, bool apart,
                                     base::Instant last) const;
  std::optional<base::Instant> gang_start(Wish wish, std::int64_t replicas, bool apart,
                                          base::Instant last) const;
  std::vector<Spot> choose(const Wish& wish, std::int64_t replicas, bool apart) const;
  bool open_on(std::size_t slot, std::span<const Placed* const> parts, const Wish& wish) const;

  void remember(Key key, std::size_t slot);
  void add(std::size_t slot, const Change& change);
  void list_reserved(std::size_t slot, bool was_reserved);

  const std::vector<Slot>* present_;
  std::int64_t slope_;
  std::optional<base::Instant> now_;
  std::vector<bool> in_service_;
  std::vector<Timeline> timelines_;
  std::vector<std::size_t> reserved_slots_;
  std::unordered_map<Key, std::vector<std::uint32_t>> slots_of_;  // each slot once
};

}  // namespace dure::placement
