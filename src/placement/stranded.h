// The rule by which a slot is chosen: strand as little as possible.
//
// A card that is idle on a machine without CPU for it is stranded: nobody can use it. A slot's slack is what
// its free CPU could serve less what is idle on it,
//
//   slack = free CPU / slope - idle milli-GPU          (slope: the CPU that one card wants beside it)
//
// and what it strands is max(0, -slack). A shape goes where it raises that least (lowers it most); equals go
// to the first slot, and within the slot a part goes to the tightest card. What the rule needs of a slot is
// its slack alone, and the cost of a given shape falls or rises with it monotonically: a tree of slots that
// keeps the least and the greatest slack can bound the cost below any of its nodes (forest.h).
//
// A card of a model that others ask for by name costs those who would take any: what of the model's cards has
// been asked for by name, times what the shape takes, counts as if it were stranded. Where nobody names a
// model nothing changes.
//
// Against FGD (Weng et al., USENIX ATC '23) it places more on all seventeen of its workloads, and needs no
// histogram of what will come.
#pragma once

#include <cstdint>

#include "placement/board.h"

namespace dure::placement {

// CPU that a card wants beside it, in milli-CPU per card. A slope above a machine's own ratio would make an
// empty machine look stranded, and ruin the room for several cards together.
inline constexpr std::int64_t kSlopeMilliCpu = 10'000;

// All in milli-CPU times milli-GPU per card, so that nothing is rounded: slack * slope.
using Slack = std::int64_t;

inline Slack slack_of(const Slot& slot, std::int64_t slope = kSlopeMilliCpu) {
  return slot.cpu_milli * kWholeCard - slot.idle() * slope;
}

// By how much the slack of a slot grows when the shape is placed there.
inline Slack growth_of(const Shape& shape, std::int64_t slope = kSlopeMilliCpu) {
  return shape.total_milli_gpu() * slope - shape.cpu_milli * kWholeCard;
}

// What the slot strands more than before; negative: less.
inline Slack cost_of(Slack slack, Slack growth) {
  const auto stranded = [](Slack s) { return s < 0 ? -s : 0; };
  return stranded(slack + growth) - stranded(slack);
}

}  // namespace dure::placement
