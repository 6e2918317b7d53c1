// A slot's timeline by itself: the steps in which more of a shape may start.
#include "placement/timeline.h"

#include <gtest/gtest.h>

#include "placement/decisions_fixture.h"
#include "placement/horizon.h"

namespace dure::placement {
namespace {

constexpr std::int64_t kLast = 40;

// How many of the shape fit what is free, by taking them one after the other.
std::int64_t count_by_taking(Slot slot, const Shape& shape, std::int64_t most) {
  std::int64_t found = 0;
  for (; found < most && fits(slot, shape); ++found) take(slot, shape, tightest_cards(slot, shape));
  return found;
}

TEST(Timeline, StepsAreWhatMoreMayStartAndNoneIsEmpty) {
  int steps_seen = 0;
  for (std::uint64_t seed = 0; seed < 4'000 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Draws draws(seed);
    const std::int64_t cards = draws.roll(1, 4);
    Slot present = machine(cards, 20);
    Timeline timeline;
    for (std::uint64_t key = 1; key <= 6; ++key) {
      const Shape shape = draws.one_in(2) ? part(draws.roll(1, 9) * 100) : whole(1);
      if (!fits(present, shape)) continue;
      const std::uint32_t mask = tightest_cards(present, shape);
      take(present, shape, mask);
      const base::Instant ends{draws.roll(1, kLast)};
      timeline.add(Change::freed(Change::Kind::kRunEnds, ends, key, {shape, {0, mask}}));
    }
    const Shape asked = draws.one_in(2) ? part(draws.roll(1, 9) * 100) : whole(draws.roll(1, 2));
    const std::int64_t most = draws.roll(1, 9);
    const Wish wish{.shape = asked, .now = {0}, .from = {0}, .length = {5}};
    std::vector<Step> steps;
    timeline.add_steps(present, wish, most, {kLast}, steps);
    std::int64_t sum = 0;
    base::Instant before{-1};
    for (const Step& step : steps) {
      ++steps_seen;
      EXPECT_GT(step.more, 0);
      EXPECT_GT(step.at, before);
      before = step.at;
      sum += step.more;
      Wish there = wish;
      there.from = step.at;
      const auto room = timeline.least(present, there);
      ASSERT_TRUE(room);
      EXPECT_EQ(sum, count_by_taking(*room, asked, most));
    }
    Wish last = wish;
    last.from = {kLast};
    const auto room = timeline.least(present, last);
    EXPECT_EQ(sum, room ? count_by_taking(*room, asked, most) : 0);
  }
  EXPECT_GT(steps_seen, 4'000);
}

}  // namespace
}  // namespace dure::placement
