// Outlook: when so many whole cards of a slot may be free at the earliest, so that the first start of an
// entry is found without a look at every slot.
//
// Kept is a bound from below: no earlier are the cards free at all (horizon.h), whatever CPU and memory there
// is and for however short. It holds until something there becomes free or is no longer reserved: all else
// only takes room away. Slots whose bound is later than a start that was found need no look; what is found is
// exactly what Horizon::earliest() finds.
//
// The slots stand in a heap by their bounds, one for each number of cards: from its top down they are looked
// at until a bound is later than what was found. A question costs a look at the few slots that matter and at
// those changed since the last one, each with the depth of the heap. Single-threaded.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "placement/horizon.h"

namespace dure::queue {

class Outlook {
 public:
  // The horizon outlives this; its slots stay as many.
  Outlook(const placement::Horizon* horizon, std::size_t slots) : horizon_(horizon), slots_(slots) {}

  // Something on the slot has become free, or is no longer reserved, or it is back in service.
  void freed(std::size_t slot);
  void all_freed() { bounds_ = {}; }

  // The first start of one replica at `from` or later. REQUIRES: length > 0; `from` never goes back.
  std::optional<placement::Horizon::Opening> first(const placement::Shape& shape, base::Instant from,
                                                   base::Span length);

 private:
  // kFreed: no bound any more. kLater: it is one, but the moment itself is not known.
  enum class State : std::uint8_t { kFreed, kLater, kKnown };
  struct Bounds {
    std::vector<base::Instant> of;    // each slot
    std::vector<State> states;        // of each slot
    std::vector<std::size_t> heap;    // of slots, the earliest bound on top
    std::vector<std::size_t> places;  // of each slot, in the heap
    std::vector<std::size_t> freed;   // the slots that are
    base::Instant reach;              // later than this no bound need be known exactly
  };

  void begin(Bounds& bounds) const;
  static void put(Bounds& bounds, std::size_t place, std::size_t slot);
  static void set(Bounds& bounds, std::size_t slot, base::Instant bound);
  void renew(Bounds& bounds, std::size_t slot, std::int64_t cards, base::Instant from,
             base::Instant reach) const;
  std::optional<placement::Horizon::Opening> search(Bounds& bounds, const placement::Shape& shape,
                                                    base::Instant from, base::Span length) const;

  const placement::Horizon* horizon_;
  std::size_t slots_;
  std::array<Bounds, placement::kMostCardsOfSlot + 1>
      bounds_;  // by the number of cards; empty: not asked yet
};

}  // namespace dure::queue
