// Outlook: when so many whole cards of a slot may be free at the earliest, so that the first start of an
// entry is found without a look at every slot.
//
// Kept is a bound from below: no earlier are the cards free at all (horizon.h), whatever CPU and memory there
// is and for however short. It holds until something there becomes free or is no longer reserved: all else
// only takes room away. Slots whose bound is later than a start that was found need no look; what is found is
// exactly what Horizon::earliest() finds.
//
// The bounds for one number of cards are the leaves of a complete binary tree, each node of which knows the
// least below it. A question costs a look at the few slots that matter and at those changed since the last
// one, each with the depth of the tree. Single-threaded.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "placement/horizon.h"

namespace dure::queue {

class Outlook {
 public:
  // The horizon outlives this; its slots stay as many.
  Outlook(const placement::Horizon* horizon, std::size_t slots);

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
    std::vector<base::Instant> least;  // 1 is the root; the children of i are 2i and 2i + 1
    std::vector<State> states;         // of each slot
    std::vector<std::size_t> freed;    // the slots that are
  };

  void begin(Bounds& bounds) const;
  void set(Bounds& bounds, std::size_t slot, base::Instant bound) const;
  void renew(Bounds& bounds, std::size_t slot, std::int64_t cards, base::Instant from,
             base::Instant last) const;
  std::vector<std::size_t> soonest(const Bounds& bounds) const;
  std::vector<std::size_t> up_to(const Bounds& bounds, base::Instant last) const;

  const placement::Horizon* horizon_;
  std::size_t slots_;
  std::size_t width_ = 1;  // leaves, a power of two
  std::array<Bounds, placement::kMostCardsOfSlot + 1> bounds_;  // by the number of cards; empty: not asked yet
};

}  // namespace dure::queue
