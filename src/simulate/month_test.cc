// A month of a centre: everything that happens to one, event by event, and what must hold at each.
//
// Machines fail and come back, drain, are maintained; runs are stopped for urgent ones and by failures and
// try again; operators hold, raise, withdraw and change ceilings. What is true is told by a shadow
// (shadow_fixture.h) that sees the actions alone. With DURE_TEST_TIER=full whole months of more seeds, else
// some days.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "simulate/month_life_fixture.h"

namespace dure::simulate {
namespace {

bool full() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full";
}

MonthShape shape_of(std::uint64_t seed) {
  MonthShape shape;
  shape.days = full() ? 30 : 9;
  shape.queue.fair_share = seed % 2 == 0;
  shape.queue.ageing = Span::hours(seed % 3 == 0 ? 24 : 24 * 7);
  shape.queue.backfill = seed % 5 > 0;
  shape.overruns = seed % 4 == 3;
  return shape;
}

TEST(Month, P5_P26_F13_F14_WhatHoldsHoldsAtEveryEvent) {
  const std::uint64_t seeds = full() ? 10 : 3;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const MonthStory story = Month(seed, shape_of(seed)).live();
    ASSERT_FALSE(HasFailure());
    EXPECT_GT(story.kept, story.submitted / 50);
    EXPECT_GT(story.reclaimed + story.killed, 10);
    EXPECT_GT(story.at_ceiling, 0);
    EXPECT_GT(story.counts.failed, 0);
    EXPECT_GT(story.counts.withdrawn, 0);
  }
}

TEST(Month, TheSameSeedIsTheSameMonth) {
  MonthShape shape = shape_of(2);
  shape.days = 2;
  EXPECT_EQ(Month(2, shape).live().log, Month(2, shape).live().log);
  EXPECT_NE(Month(2, shape).live().log, Month(4, shape).live().log);
}

}  // namespace
}  // namespace dure::simulate
