// Each published rule in small situations in which its description says what it does.
#include "simulate/rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace dure::simulate {
namespace {

using placement::Shape;
using placement::Slot;
using placement::Spot;

constexpr Shape kCard{4'000, 1'024, 1, 1000, 0};
constexpr Shape kHalf{4'000, 1'024, 1, 500, 0};

Slot machine_with(std::int64_t cpu_cores, std::initializer_list<std::int16_t> free) {
  Slot slot{cpu_cores * 1'000, 1'000'000, 0, static_cast<std::int64_t>(free.size()), {}};
  std::copy(free.begin(), free.end(), slot.free.begin());
  return slot;
}

std::unique_ptr<Rule> rule(std::string_view name, std::vector<Slot> slots,
                           std::vector<Shape> typical = {kCard}) {
  auto made = make_rule(name, {std::move(slots), std::move(typical), 1});
  EXPECT_TRUE(made.ok());
  return std::move(*made);
}

TEST(BestFit, TakesTheMachineWithTheLeastLeft) {
  const auto fit = rule(
      "bestfit", {machine_with(128, {1000, 1000}), machine_with(64, {1000, 1000}), machine_with(64, {1000})});
  EXPECT_EQ(fit->choose(kCard)->slot, 2u);
}

TEST(DotProduct, TakesTheMachineThatPointsAwayFromWhatIsAsked) {
  const auto dot = rule("dotprod", {machine_with(128, {1000, 1000, 1000, 1000}), machine_with(96, {1000}),
                                    machine_with(16, {1000})});
  EXPECT_EQ(dot->choose({16'000, 1'024, 1, 1000, 0})->slot, 2u);
}

TEST(Packing, TakesASharedCardThenAMachineInUseThenAFreeOne) {
  const auto pack = rule("packing", {machine_with(96, {1000, 1000}), machine_with(96, {0, 1000}),
                                     machine_with(96, {600, 1000})});
  EXPECT_EQ(*pack->choose(kHalf), (Spot{2, 0b01}));
  EXPECT_EQ(*pack->choose(kCard), (Spot{1, 0b10})) << "both in use: the first";
  pack->take(kCard, {1, 0b10});
  pack->take(kCard, {2, 0b10});
  EXPECT_EQ(*pack->choose(kCard), (Spot{0, 0b01}));
}

TEST(Clustering, PutsTasksOfAClassTogether) {
  const auto together =
      rule("clustering", {machine_with(96, {1000, 1000, 1000}), machine_with(96, {1000, 1000, 1000})});
  together->take(kCard, {0, 0b001});
  EXPECT_EQ(together->choose(kHalf)->slot, 1u) << "an idle machine before one of another class";
  together->take(kHalf, {1, 0b001});
  EXPECT_EQ(*together->choose(kHalf), (Spot{1, 0b001}));
  EXPECT_EQ(together->choose(kCard)->slot, 0u);
}

TEST(Fgd, KeepsRoomForWhatIsTypical) {
  const Shape big{4'000, 1'024, 1, 600, 0};
  const auto fgd = rule("fgd", {machine_with(96, {600}), machine_with(96, {500})}, {big, big, big});
  EXPECT_EQ(fgd->choose(kHalf)->slot, 1u) << "500 idle are of no use to any, 600 are";
}

TEST(Fgd, IdleCardsWithoutProcessorAreFragments) {
  const auto fgd = rule("fgd", {machine_with(96, {1000, 1000}), machine_with(6, {1000, 1000})});
  EXPECT_EQ(fgd->choose({2'000, 1'024, 1, 1000, 0})->slot, 0u)
      << "nothing gained or lost on either: the first";
  EXPECT_EQ(fgd->choose({6'000, 1'024, 1, 1000, 0})->slot, 0u)
      << "on the second it would strand the other card";
  const auto other_way = rule("fgd", {machine_with(6, {1000, 1000}), machine_with(96, {1000, 1000})});
  EXPECT_EQ(other_way->choose({6'000, 1'024, 1, 1000, 0})->slot, 1u);
}

TEST(Random, IsDrawnAmongWhatFits) {
  const auto random =
      rule("random", {machine_with(96, {1000, 1000}), machine_with(96, {100}), machine_with(96, {1000})});
  std::set<std::pair<std::size_t, std::uint32_t>> seen;
  for (int i = 0; i < 200; ++i) {
    const auto spot = random->choose(kHalf);
    seen.insert({spot->slot, spot->cards});
  }
  EXPECT_EQ(seen, (std::set<std::pair<std::size_t, std::uint32_t>>{{0, 1}, {0, 2}, {2, 1}}));
}

TEST(EveryRule, SaysNothingWhereNothingFits) {
  for (const auto name : rule_names())
    EXPECT_FALSE(rule(name, {machine_with(2, {1000}), machine_with(96, {400})})->choose(kHalf)) << name;
}

TEST(EveryRule, TakesTheFirstAmongEquals) {
  for (const auto name : rule_names()) {
    if (name == "random") continue;
    EXPECT_EQ(rule(name, std::vector<Slot>(4, machine_with(96, {1000, 1000})))->choose(kCard)->slot, 0u)
        << name;
  }
}

}  // namespace
}  // namespace dure::simulate
