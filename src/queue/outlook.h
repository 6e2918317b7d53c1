// Outlook: when so many whole cards of a slot may be free at the earliest, so that the first start of an
// entry is found without a look at every slot.
//
// Kept is a bound from below, the earliest moment at which the cards are free at all (horizon.h), whatever
// CPU and memory there is and for however short. It holds until something there becomes free or is no longer
// reserved: all else only takes room away. Slots whose bound is later than a start that was found need no
// look; what is found is exactly what Horizon::earliest() finds.
//
// A question costs a pass over one number for each slot, and a look at the few slots that matter and at those
// changed since the last one. Single-threaded.
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
  using Bounds = std::vector<base::Instant>;  // of each slot

  void renew(Bounds& bounds, std::int64_t cards, base::Instant from) const;
  std::vector<std::size_t> soonest(const Bounds& bounds) const;

  const placement::Horizon* horizon_;
  std::size_t slots_;
  std::array<Bounds, placement::kMostCardsOfSlot + 1>
      bounds_;  // by the number of cards; empty: not asked yet
};

}  // namespace dure::queue
