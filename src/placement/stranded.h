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
// The slope is kSlopeMilliCpu, but never more than three fifths of the CPU that is free for each idle card of
// the pool (slope_for): where CPU is what runs out, cards that ask for as much of it as ever would keep it
// from everybody. On openb's lists that never binds; with two to four times their pods without cards it
// places one to three and a half points more (docs/decisions/0022).
//
// Against FGD (Weng et al., USENIX ATC '23) it places more on each of its workloads that docs/benchmarks.md
// has, and needs no histogram of what will come.
#pragma once

#include <algorithm>
#include <cstdint>

#include "placement/board.h"
#include "placement/slices.h"

namespace dure::placement {

// CPU that a card wants beside it, in milli-CPU per card. A slope above a machine's own ratio would make an
// empty machine look stranded, and ruin the room for several cards together.
inline constexpr std::int64_t kSlopeMilliCpu = 10'000;
// It changes by steps, and rises only where it would rise by two: each change costs a look at every slot.
inline constexpr std::int64_t kSlopeStep = 1'000;

// The slope of a pool with so much free CPU beside so many idle milli-GPU, where it is `slope` now.
inline std::int64_t slope_for(std::int64_t free_cpu_milli, std::int64_t idle, std::int64_t slope,
                              std::int64_t most = kSlopeMilliCpu) {
  if (idle <= 0) return slope;
  const std::int64_t beside = free_cpu_milli * 600 / idle;  // three fifths, for a whole card
  const std::int64_t fitting = std::clamp(beside / kSlopeStep * kSlopeStep, kSlopeStep, most);
  return fitting < slope || beside >= slope + 2 * kSlopeStep ? fitting : slope;
}

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

// The cost of a slot that fits the shape, the least first. A card in MIG mode comes after all others, by what
// it loses: an instance that is there anyway is taken before a card is split.
inline Slack cost_on(const Slot& slot, const Shape& shape, std::int64_t slope = kSlopeMilliCpu) {
  constexpr Slack kSplit = Slack{1} << 60;
  if (slot.mig > 0 && shape.cards > 0) return kSplit + loss_of_slices(slot, shape);
  return cost_of(slack_of(slot, slope), growth_of(shape, slope));
}

}  // namespace dure::placement
