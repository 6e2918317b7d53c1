// The bound and the offline packing against every packing of small instances.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "packing/bound.h"
#include "packing/offline.h"
#include "packing/pattern.h"
#include "simulate/dice.h"

namespace dure::packing {
namespace {

using placement::Shape;
using placement::Slot;

Slot machine(std::int64_t cards, std::int64_t cores, std::int64_t model = 0) {
  Slot slot;
  slot.cpu_milli = cores * 1000;
  slot.memory = 1 << 20;
  slot.model = model;
  slot.cards = cards;
  for (std::int64_t i = 0; i < cards; ++i) slot.free[static_cast<std::size_t>(i)] = placement::kWholeCard;
  return slot;
}

Shape part(std::int64_t milli_gpu, std::int64_t cores = 0) {
  return {cores * 1000, 0, 1, milli_gpu, 0};
}
Shape whole(std::int64_t cards, std::int64_t cores = 0) {
  return {cores * 1000, 0, cards, placement::kWholeCard, 0};
}

// The most that the shapes from `next` on can add, by trying every card of every machine, and leaving each
// out.
std::int64_t best_by_trying(std::vector<Slot>& slots, const std::vector<Shape>& shapes, std::size_t next) {
  if (next == shapes.size()) return 0;
  const Shape& shape = shapes[next];
  std::int64_t best = best_by_trying(slots, shapes, next + 1);
  for (Slot& slot : slots) {
    if (!placement::fits(slot, shape)) continue;
    std::vector<std::uint32_t> choices;
    if (!shape.part_of_card()) {
      choices.push_back(placement::tightest_cards(slot, shape));
    } else {
      for (std::int64_t i = 0; i < slot.cards; ++i)
        if (slot.free[static_cast<std::size_t>(i)] >= shape.milli_gpu) choices.push_back(1U << i);
    }
    for (const std::uint32_t cards : choices) {
      placement::take(slot, shape, cards);
      best = std::max(best, shape.total_milli_gpu() + best_by_trying(slots, shapes, next + 1));
      placement::give_back(slot, shape, cards);
    }
  }
  return best;
}

struct Instance {
  std::vector<Slot> slots;
  std::vector<Shape> shapes;
};

Instance draw(simulate::Dice& dice) {
  Instance instance;
  const std::size_t machines = 1 + dice.below(2);
  for (std::size_t i = 0; i < machines; ++i)
    instance.slots.push_back(machine(1 + static_cast<std::int64_t>(dice.below(2)),
                                     4 + static_cast<std::int64_t>(dice.below(9)),
                                     static_cast<std::int64_t>(dice.below(2))));
  const std::size_t count = 1 + dice.below(6);
  for (std::size_t i = 0; i < count; ++i) {
    const auto cores = static_cast<std::int64_t>(dice.below(6));
    Shape shape = dice.below(4) == 0 ? whole(1 + static_cast<std::int64_t>(dice.below(2)), cores)
                                     : part(100 * (1 + static_cast<std::int64_t>(dice.below(9))), cores);
    if (dice.below(4) == 0) shape.models = 1U << dice.below(2);
    instance.shapes.push_back(shape);
  }
  return instance;
}

TEST(Packing, TheBoundIsNeverBelowAndThePackingNeverAboveWhatTryingAllFinds) {
  std::int64_t tight = 0;
  constexpr int kRounds = 2000;
  for (int round = 0; round < kRounds; ++round) {
    simulate::Dice dice(static_cast<std::uint64_t>(round));
    Instance instance = draw(dice);
    const std::int64_t best = best_by_trying(instance.slots, instance.shapes, 0);
    const Problem problem = problem_of(instance.slots, instance.shapes);
    const Bound bound = bound_of(problem);
    const Packed packed = pack_offline(instance.slots, problem, bound.fillings, 50, 1);
    ASSERT_GE(bound.milli_gpu, best) << round;
    ASSERT_LE(packed.milli_gpu, best) << round;
    tight += bound.milli_gpu == best && packed.milli_gpu == best ? 1 : 0;
  }
  EXPECT_GT(tight, kRounds / 2) << "neither says anything";
}

TEST(Packing, PartsDoNotStraddleCards) {
  const std::vector<Slot> slots{machine(2, 100)};
  const Problem problem = problem_of(slots, {part(600), part(600), part(600)});
  const Bound bound = bound_of(problem);
  EXPECT_EQ(bound.milli_gpu, 1200);
  EXPECT_EQ(pack_offline(slots, problem, bound.fillings, 0, 1).milli_gpu, 1200);
}

TEST(Packing, AMachineWithoutCpuHoldsNoMoreThanItsCpuServes) {
  const std::vector<Slot> slots{machine(4, 16)};
  const Problem problem = problem_of(slots, std::vector<Shape>(4, whole(1, 8)));
  EXPECT_EQ(bound_of(problem).milli_gpu, 2000);
}

TEST(Packing, WhatNamesAModelStaysThere) {
  const std::vector<Slot> slots{machine(1, 8, 0), machine(1, 8, 1)};
  Shape named = whole(1);
  named.models = 2;
  const Problem problem = problem_of(slots, {named, named});
  EXPECT_EQ(bound_of(problem).milli_gpu, 1000);
}

TEST(Packing, NothingAskedForOrNoMachineIsNothing) {
  EXPECT_EQ(bound_of(problem_of({machine(1, 8)}, {})).milli_gpu, 0);
  EXPECT_EQ(bound_of(problem_of({}, {whole(1)})).milli_gpu, 0);
  EXPECT_EQ(pack_offline({}, problem_of({}, {whole(1)}), {}, 10, 1).milli_gpu, 0);
}

// Whatever the worths are: what is found fits and is worth what it says; what bounds is worth no less.
TEST(Pattern, IsWorthWhatItHoldsAndFits) {
  for (int round = 0; round < 500; ++round) {
    simulate::Dice dice(static_cast<std::uint64_t>(round));
    const Instance instance = draw(dice);
    const Problem problem = problem_of(instance.slots, instance.shapes);
    std::vector<std::int64_t> worth;
    for (std::size_t i = 0; i < problem.classes.size(); ++i)
      worth.push_back(static_cast<std::int64_t>(dice.below(1000)) - 200);
    for (const Type& type : problem.types) {
      const auto fits = best_pattern<std::int64_t>(problem, type, worth, Rounding::kFits);
      const auto bounds = best_pattern<std::int64_t>(problem, type, worth, Rounding::kBounds);
      std::int64_t sum = 0;
      std::vector<std::size_t> pieces = fits.pieces;
      std::stable_sort(pieces.begin(), pieces.end(), [&](std::size_t a, std::size_t b) {
        return problem.classes[a].shape.total_milli_gpu() > problem.classes[b].shape.total_milli_gpu();
      });
      std::int64_t cpu = 0, milli_gpu = 0;
      for (const std::size_t i : pieces) {
        sum += worth[i];
        cpu += problem.classes[i].shape.cpu_milli;
        milli_gpu += problem.classes[i].shape.total_milli_gpu();
      }
      EXPECT_EQ(sum, fits.worth);
      EXPECT_LE(cpu, type.slot.cpu_milli);
      EXPECT_LE(milli_gpu, type.slot.cards * placement::kWholeCard);
      EXPECT_GE(bounds.worth, fits.worth);
    }
  }
}

}  // namespace
}  // namespace dure::packing
