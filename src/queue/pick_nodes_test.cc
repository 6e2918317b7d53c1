// A9: the nodes of a reservation.
#include "queue/pick_nodes.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <tuple>

namespace dure::queue {
namespace {

using Picked = std::vector<std::size_t>;

TEST(PickNodes, A9_TakesThoseThatTouchLeast) {
  const std::vector<NodeOffer> offers{{8, 2}, {8, 0}, {8, 1}, {8, 0}};
  EXPECT_EQ(pick_nodes(offers, 16), (Picked{1, 3}));
  EXPECT_EQ(pick_nodes(offers, 17), (Picked{1, 2, 3}));
  EXPECT_EQ(pick_nodes(offers, 32), (Picked{0, 1, 2, 3}));
  EXPECT_FALSE(pick_nodes(offers, 33));
  EXPECT_FALSE(pick_nodes({}, 1));
}

TEST(PickNodes, A9_AndAmongThoseTheFewestCards) {
  const std::vector<NodeOffer> offers{{8, 0}, {4, 0}, {2, 0}, {0, 0}};
  EXPECT_EQ(pick_nodes(offers, 5), (Picked{1, 2}));
  EXPECT_EQ(pick_nodes(offers, 2), (Picked{2}));
}

// Against every subset.
TEST(PickNodes, A9_NoOtherChoiceIsBetter) {
  std::mt19937_64 dice(3);
  for (int round = 0; round < 500; ++round) {
    std::vector<NodeOffer> offers(1 + dice() % 8);
    for (NodeOffer& offer : offers)
      offer = {static_cast<std::int64_t>(dice() % 9), static_cast<std::int64_t>(dice() % 4)};
    const auto cards = static_cast<std::int64_t>(1 + dice() % 40);
    using Cost = std::tuple<std::int64_t, std::int64_t>;
    std::optional<Cost> best;
    const auto cost_of = [&](std::uint32_t set) {
      std::int64_t sum = 0, touched = 0;
      for (; set != 0; set &= set - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(set));
        sum += offers[i].cards;
        touched += offers[i].collisions;
      }
      return Cost{touched, sum};
    };
    for (std::uint32_t set = 0; set < (1U << offers.size()); ++set) {
      const Cost cost = cost_of(set);
      if (std::get<1>(cost) >= cards && (!best || cost < *best)) best = cost;
    }
    const auto picked = pick_nodes(offers, cards);
    ASSERT_EQ(picked.has_value(), best.has_value());
    if (!picked) continue;
    std::uint32_t set = 0;
    for (const std::size_t i : *picked) set |= 1U << i;
    ASSERT_EQ(static_cast<std::size_t>(std::popcount(set)), picked->size());
    ASSERT_EQ(cost_of(set), *best) << round;
  }
}

}  // namespace
}  // namespace dure::queue
