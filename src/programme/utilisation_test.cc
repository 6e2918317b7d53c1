// H2, H3, H4, H5, P22: what was used of what was given, held against the plan, and what follows.
// Invariant 11.
#include "programme/utilisation.h"
#include "programme/test_histories.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "programme/award.h"

namespace dure::programme {
namespace {

using base::Date;
using base::Instant;
using base::Span;
using model::UseMeasure;
using policy::Band;

model::Allocation allocation_of_blocks(Date starts_on, Date ends_on, std::int64_t blocks) {
  model::Allocation made;
  made.starts_on = starts_on;
  made.ends_on = made.agreed_ends_on = ends_on;
  made.state = model::AllocationState::kActive;
  made.limit.blocks = blocks;
  made.limit.cpu_cores = 16;
  made.limit.memory = {64};
  made.limit.storage = {1000};
  return made;
}

policy::Utilisation use_rules(std::vector<Band> bands) {
  policy::Utilisation made;
  made.bands = std::move(bands);
  made.exempt = {policy::Exemption::kSetupGrace, policy::Exemption::kOutage};
  return made;
}

Band band(std::int64_t below_bp, std::int64_t share_bp, std::int64_t after) {
  return {below_bp, policy::UseMeasure::kReduce, share_bp, policy::BandShare::kAllocation, after};
}

// The table of NREL, FY2020 (governance 6.7).
policy::Utilisation nrel() {
  return use_rules({band(500, 3000, 1), band(1000, 1500, 1), band(500, 5000, 2), band(2000, 3000, 2),
                    band(1000, 9000, 3), band(2000, 7500, 3), band(4000, 2500, 3)});
}

std::int64_t taken(std::int64_t number, std::int64_t used_bp) {
  const auto made = propose({number, 100'000, used_bp, std::nullopt}, nrel(), {});
  return made ? 100'000 - made->blocks : -1;
}

TEST(Utilisation, H4_TheTableOfReductionsByQuarter) {
  EXPECT_EQ(taken(1, 0), 30'000);
  EXPECT_EQ(taken(1, 600), 15'000);
  EXPECT_EQ(taken(3, 1800), 75'000);
  EXPECT_EQ(taken(2, 1999), 30'000);
  EXPECT_EQ(taken(2, 2000), 0) << "at the border it is kept";
  EXPECT_EQ(taken(3, 999), 90'000);
  EXPECT_EQ(taken(4, 0), -1) << "no band is for it: a person proposes";
}

TEST(Utilisation, H2_NeverMoreIsTakenThanIsUnused) {
  const auto made = propose({3, 100, 5000, std::nullopt}, use_rules({band(6000, 9000, 0)}), {});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->blocks, 50) << "half was used, though the band says nine tenths";
}

TEST(Utilisation, H4_WhatIsLeftIsWhatThePoolHas) {
  BlockSteps servers{800, {}};
  auto made = propose({1, 2400, 0, std::nullopt}, use_rules({band(1000, 5000, 0)}), servers);
  EXPECT_EQ(made->blocks, 1600) << "1200 is rounded up to whole servers";
  made = propose({1, 800, 0, std::nullopt}, use_rules({band(1000, 5000, 0)}), servers);
  EXPECT_EQ(made->measure, UseMeasure::kKeep) << "a server is not cut";
  EXPECT_EQ(made->reasons.back().code, "utilisation.reason_smallest_unit");
  BlockSteps menu{1, {100, 400, 800}};
  EXPECT_EQ(menu.at_least(300), 400);
  EXPECT_EQ(menu.at_most(300), 100);
  EXPECT_FALSE(menu.holds(300));
}

TEST(Utilisation, H5_WhoDidWhatHePlannedLosesNothing) {
  auto with_plan = use_rules({band(3000, 5000, 0)});
  const UseSeen seen{1, 100, 1000, 10'500};
  EXPECT_EQ(propose(seen, with_plan, {})->measure, UseMeasure::kReduce) << "the plan is not looked at";
  with_plan.compare_with_plan = true;
  const auto made = propose(seen, with_plan, {});
  EXPECT_EQ(made->measure, UseMeasure::kKeep);
  EXPECT_EQ(made->reasons.front().code, "utilisation.reason_as_planned");
  EXPECT_EQ(propose({1, 100, 1000, 2000}, with_plan, {})->measure, UseMeasure::kReduce);
}

TEST(Utilisation, H5_AQuarterOfThePlanIsSpreadOverItsDays) {
  // 92 days from 1 September: 920 GPU hours are ten a day.
  const auto month = planned_in({910, 0}, {2026, 9, 1}, {2026, 9, 1}, {2026, 9, 30});
  ASSERT_TRUE(month);
  EXPECT_EQ(month->milli_gpu_ms, 910 * std::int64_t{3'600'000'000} / 91 * 30);
  EXPECT_FALSE(planned_in({910}, {2026, 9, 1}, {2026, 12, 1}, {2026, 12, 31}));
  EXPECT_FALSE(planned_in({}, {2026, 9, 1}, {2026, 9, 1}, {2026, 9, 30}));
}

TEST(Utilisation, H3_CyclesAreMonthsAndQuartersOfTheCalendar) {
  const auto quarter = cycle_around({2026, 11, 5}, model::UseCycle::kQuarterly, {2026, 9, 15});
  EXPECT_EQ(quarter.from, (Date{2026, 10, 1}));
  EXPECT_EQ(quarter.until, (Date{2026, 12, 31}));
  EXPECT_EQ(quarter.number, 2) << "the third quarter was touched, too";
  const auto all = cycles_of(allocation_of_blocks({2026, 9, 15}, {2027, 2, 14}, 100), {2026, 11, 5},
                             model::UseCycle::kMonthly);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].from, (Date{2026, 11, 1}));
}

TEST(Utilisation, P22_DeviceTimeCountsAndWhatWasNotReadCountsAsUsed) {
  UsedTime sum;
  add_use(sum, {1000}, DeviceReading{25, 100});
  EXPECT_EQ(sum.used.milli_gpu_ms, 250);
  add_use(sum, {1000}, std::nullopt);
  EXPECT_EQ(sum.used.milli_gpu_ms, 1250);
  EXPECT_EQ(sum.unread.milli_gpu_ms, 1000);
  EXPECT_FALSE(ratio_bp({10}, {0}));
  EXPECT_EQ(ratio_bp({1}, {3}), 3333);
}

TEST(Utilisation, H2_AMeasureAndItsBlocksGoTogether) {
  auto some = use_rules({});
  some.measures = {policy::UseMeasure::kKeep, policy::UseMeasure::kReclaim};
  const auto code = [&](UseMeasure measure, std::int64_t blocks, const BlockSteps& steps) {
    const auto checked = check_measure(measure, blocks, 400, some, steps);
    return checked.ok() ? std::string() : checked.failure().reason.code;
  };
  EXPECT_EQ(code(UseMeasure::kReduce, 100, {}), "utilisation.measure_not_allowed");
  EXPECT_EQ(code(UseMeasure::kReclaim, 0, {}), "");
  EXPECT_EQ(code(UseMeasure::kReclaim, 10, {}), "utilisation.blocks_wrong");
  some.measures.clear();
  EXPECT_EQ(code(UseMeasure::kReduce, 0, {}), "utilisation.blocks_wrong");
  EXPECT_EQ(code(UseMeasure::kReduce, 400, {}), "utilisation.blocks_wrong");
  EXPECT_EQ(code(UseMeasure::kReduce, 150, {100, {}}), "utilisation.blocks_not_in_unit");
  EXPECT_EQ(code(UseMeasure::kIncrease, 400, {}), "utilisation.blocks_wrong");
  const auto smaller =
      applied(allocation_of_blocks({2026, 9, 1}, {2026, 9, 30}, 400), UseMeasure::kReduce, 100);
  EXPECT_EQ(smaller.limit.cpu_cores, 4);
  EXPECT_EQ(smaller.limit.storage.value, 1000) << "data keeps its place";
}

struct RandomUse {
  explicit RandomUse(std::uint64_t seed) : bits(seed) {}
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(end));
  }
  std::mt19937_64 bits;
};

// Invariant 11: whatever outages there are and wherever they lie, what is given is that of the minutes that
// no grace and no outage touches. The oracle goes minute by minute.
TEST(Utilisation, Invariant11_GraceAndOutagesNeverEnterTheDenominator) {
  for (int seed = 0; seed < histories(300); ++seed) {
    RandomUse random(static_cast<std::uint64_t>(seed));
    const Date start{2026, 9, 1};
    const auto ends_on = base::add_days(start, 1 + random.below(20));
    const auto row = allocation_of_blocks(start, ends_on, 1 + random.below(800));
    const auto zone = calendar::seoul();
    const auto from = calendar::start_of(start, zone);
    const auto now = from + Span::hours(24 * 40);
    const std::int64_t grace_days = random.below(4);
    std::vector<model::Outage> outages;
    for (auto left = random.below(5); left > 0; --left) {
      model::Outage outage;
      outage.started_at = from + Span::minutes(random.below(60 * 24 * 25) - 600);
      if (random.below(5) != 0)
        outage.ended_at = outage.started_at + Span::minutes(random.below(60 * 24 * 4));
      if (random.below(3) == 0) outage.node_ids = {random.below(2) == 0 ? "n1" : "n2"};
      outages.push_back(outage);
    }
    const auto exempt = exempt_times(row, outages, {"n1"}, use_rules({}), grace_days, zone, now);
    const auto window = window_of(row, {start, {2026, 12, 31}, 1}, zone, now);
    ASSERT_TRUE(window);
    const auto spans = counted_spans(*window, exempt);
    std::int64_t minutes = 0;
    for (auto at = window->from; at < window->to; at = at + Span::minutes(1)) {
      bool counts = !(at < from + Span::hours(24 * grace_days));
      for (const auto& outage : outages)
        if (outage.node_ids != std::vector<std::string>{"n2"} && !(at < outage.started_at) &&
            at < outage.ended_at.value_or(now))
          counts = false;
      minutes += counts ? 1 : 0;
    }
    ASSERT_EQ(length_of(spans).us, Span::minutes(minutes).us) << seed;
    ASSERT_EQ(given_in(spans, {{from, row.limit.blocks}}).milli_gpu_ms,
              row.limit.blocks * 10 * minutes * 60'000)
        << seed;
  }
}

// What is reduced becomes free, and never more is given than there was: over random reviews of random
// allocations of one pool the sum of what is given and what is free stays what the pool has.
TEST(Utilisation, H2_P22_Invariant1_WhatIsReducedBecomesFreeAndNeverMoreThanWasGiven) {
  for (int seed = 0; seed < histories(300); ++seed) {
    RandomUse random(static_cast<std::uint64_t>(seed) + 77'777);
    const std::int64_t unit = random.below(2) == 0 ? 1 : 100;
    const BlockSteps steps{unit, {}};
    std::vector<model::Allocation> all;
    std::int64_t free = 0;
    for (auto left = 1 + random.below(4); left > 0; --left)
      all.push_back(allocation_of_blocks({2026, 9, 1}, {2026, 12, 31}, unit * (1 + random.below(40))));
    const auto given = [&] {
      std::int64_t sum = 0;
      for (const auto& each : all) sum += over(each.state) ? 0 : each.limit.blocks;
      return sum;
    };
    const auto whole = given();
    auto by = use_rules(
        {{1000, policy::UseMeasure::kReclaim, 0, policy::BandShare::kUnused, 0},
         {2000 + random.below(3000), policy::UseMeasure::kReduce, random.below(10'001),
          random.below(2) == 0 ? policy::BandShare::kUnused : policy::BandShare::kAllocation, 0},
         {9000, policy::UseMeasure::kKeep, 0, policy::BandShare::kUnused, 0},
         {10'001, policy::UseMeasure::kIncrease, random.below(5000), policy::BandShare::kAllocation, 0}});
    for (int step = 0; step < 12; ++step) {
      auto& one = all[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(all.size())))];
      if (over(one.state)) continue;
      const auto before = one.limit.blocks;
      const auto used_bp = random.below(11'000);
      const auto made = propose({1, before, used_bp, std::nullopt}, by, steps);
      ASSERT_TRUE(made);
      ASSERT_TRUE(check_measure(made->measure, made->blocks, before, by, steps).ok())
          << seed << " " << before << " " << made->blocks;
      if (made->measure == UseMeasure::kReduce) {
        ASSERT_GE(made->blocks * 10'000, before * used_bp - 10'000) << "what was used stays";
      }
      if (made->measure == UseMeasure::kIncrease && made->blocks - before > free) continue;  // no room
      one = applied(one, made->measure, made->blocks);
      free += before - (over(one.state) ? 0 : one.limit.blocks);
      ASSERT_GE(free, 0) << seed;
      ASSERT_EQ(given() + free, whole) << seed;
    }
  }
}

}  // namespace
}  // namespace dure::programme
