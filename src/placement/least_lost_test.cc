#include "placement/least_lost.h"

#include <gtest/gtest.h>

#include <limits>

#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

// P5. One machine of four cards, and who is on them: what they lose, and how many cards they have.
struct RunsOnOneMachine {
  explicit RunsOnOneMachine(const std::vector<std::pair<std::int64_t, std::size_t>>& runs)
      : forest({machine(4, 16)}) {
    std::size_t card = 0;
    for (const auto& [lost, cards] : runs) {
      const Shape shape = whole(static_cast<std::int64_t>(cards), 0);
      const Spot spot{0, ((1U << cards) - 1) << card};
      forest.take(shape, spot);
      victims.push_back({victims.size(), lost, {{shape, spot}}});
      card += cards;
    }
  }
  std::optional<std::vector<bool>> least(std::int64_t cards, ReclaimCost bound) {
    Clearance clearance(forest, victims, {whole(cards, 0), 1, false});
    auto found = least_lost(clearance, victims, bound);
    for (std::size_t victim = 0; victim < victims.size(); ++victim) EXPECT_TRUE(clearance.stopped(victim));
    return found;
  }

  Forest forest;
  std::vector<Victim> victims;
};

constexpr ReclaimCost kAnything{1'000'000, 1'000'000};
using Stopped = std::vector<bool>;

TEST(LeastLost, TakesOneLargeWhereTwoSmallLoseMore) {
  RunsOnOneMachine scene({{3, 1}, {3, 1}, {5, 2}});
  EXPECT_EQ(scene.least(1, kAnything), Stopped({false, true, false}));
  EXPECT_EQ(scene.least(2, kAnything), Stopped({false, false, true}));
  EXPECT_EQ(scene.least(3, kAnything), Stopped({false, true, true}));
  EXPECT_EQ(scene.least(4, kAnything), Stopped({true, true, true}));
}

TEST(LeastLost, OfEqualLossesTakesFewerVictims) {
  RunsOnOneMachine scene({{2, 1}, {2, 1}, {4, 2}});
  EXPECT_EQ(scene.least(2, kAnything), Stopped({false, false, true}));
}

TEST(LeastLost, FindsOnlyWhatCostsLess) {
  RunsOnOneMachine scene({{3, 1}, {3, 1}, {5, 2}});
  EXPECT_EQ(scene.least(2, {5, 1}), std::nullopt);
  EXPECT_EQ(scene.least(2, {5, 2}), Stopped({false, false, true}));
  EXPECT_EQ(scene.least(2, {6, 1}), Stopped({false, false, true}));
}

TEST(LeastLost, StopsNobodyWhereNothingIsMissing) {
  RunsOnOneMachine scene({{3, 1}, {3, 1}});
  EXPECT_EQ(scene.least(2, kAnything), Stopped({false, false}));
}

TEST(LeastLost, CountsTheChoices) {
  EXPECT_EQ(choices_among(0), 1U);
  EXPECT_EQ(choices_among(1), 3U);
  EXPECT_EQ(choices_among(9), 1'023U);
  EXPECT_EQ(choices_among(62), (std::size_t{1} << 63) - 1);
  EXPECT_EQ(choices_among(63), std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(choices_among(1'000'000), std::numeric_limits<std::size_t>::max());
}

}  // namespace
}  // namespace dure::placement
