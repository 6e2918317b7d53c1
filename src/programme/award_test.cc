// F5, F6, L1, R12, invariants 9 and 17: periods, outages given back, and the end.
#include "programme/award.h"

#include <gtest/gtest.h>

#include <random>

#include "programme/closure.h"

namespace dure::programme {
namespace {

using model::AllocationState;
using policy::OutageExtension;

constexpr calendar::Length kSixMonths{6, calendar::Unit::kMonths};

base::Instant at(const char* text) {
  return *base::parse_instant(text);
}

model::Allocation allocation(base::Date from, base::Date to) {
  model::Allocation made;
  made.state = AllocationState::kActive;
  made.starts_on = from;
  made.ends_on = made.agreed_ends_on = to;
  return made;
}

model::Outage outage(const char* from, const char* to, std::vector<std::string> nodes = {}) {
  model::Outage made;
  made.started_at = at(from);
  if (*to != 0) made.ended_at = at(to);
  made.node_ids = std::move(nodes);
  return made;
}

Extension extended_by_outages(const model::Allocation& of, const std::vector<model::Outage>& outages,
                              const std::vector<std::string>& nodes = {},
                              const char* now = "2030-01-01T00:00:00Z") {
  return extend_by_outages(of, outages, nodes, OutageExtension::kOneToOne, calendar::seoul(), at(now));
}

TEST(Award, F5_SixMonthsByTheCalendar) {  // governance 6.7
  EXPECT_EQ(plan_period({2026, 9, 1}, 6, kSixMonths)->ends_on, (base::Date{2027, 2, 28}));
  EXPECT_EQ(plan_period({2026, 8, 31}, 6, kSixMonths)->ends_on, (base::Date{2027, 2, 28}));
  EXPECT_EQ(plan_period({2026, 3, 15}, 6, kSixMonths)->ends_on, (base::Date{2026, 9, 14}));
  EXPECT_EQ(plan_period({2026, 9, 1}, 7, kSixMonths).failure().reason.code, "award.period_too_long");
  EXPECT_EQ(plan_period({2026, 9, 1}, 0, kSixMonths).failure().reason.code, "award.period_missing");
}

TEST(Award, F3_SetUpAndTrainingComeBeforeTheUse) {
  auto given = allocation({2026, 9, 1}, {2027, 2, 28});
  given.state = AllocationState::kPlanned;
  const StepsBeforeUse setup{14, false}, untrained{14, true};
  EXPECT_EQ(state_on(given, {2026, 8, 31}, setup), AllocationState::kPlanned);
  EXPECT_EQ(state_on(given, {2026, 9, 1}, setup), AllocationState::kSetupGrace);
  given.state = AllocationState::kSetupGrace;
  EXPECT_EQ(state_on(given, {2026, 9, 14}, setup), AllocationState::kSetupGrace);
  EXPECT_EQ(state_on(given, {2026, 9, 15}, setup), AllocationState::kActive);
  EXPECT_EQ(state_on(given, {2026, 9, 15}, untrained), AllocationState::kSetupGrace);
  EXPECT_EQ(state_on(given, {2027, 3, 1}, untrained), AllocationState::kEnded);
  given.state = AllocationState::kActive;
  EXPECT_EQ(state_on(given, {2026, 9, 2}, untrained), AllocationState::kActive) << "nothing goes back";
}

TEST(Award, StatesByTheDays) {
  auto planned = allocation({2026, 9, 1}, {2027, 2, 28});
  planned.state = AllocationState::kPlanned;
  EXPECT_EQ(state_on(planned, {2026, 8, 31}), AllocationState::kPlanned);
  EXPECT_EQ(state_on(planned, {2026, 9, 1}), AllocationState::kActive);
  EXPECT_EQ(state_on(planned, {2027, 2, 28}), AllocationState::kActive) << "the last day is a day of use";
  EXPECT_EQ(state_on(planned, {2027, 3, 1}), AllocationState::kEnded);
  auto suspended = allocation({2026, 9, 1}, {2027, 2, 28});
  suspended.state = AllocationState::kSuspended;
  EXPECT_EQ(state_on(suspended, {2026, 12, 1}), AllocationState::kSuspended);
  EXPECT_EQ(state_on(suspended, {2027, 3, 1}), AllocationState::kEnded);
  suspended.state = AllocationState::kPurged;
  EXPECT_EQ(state_on(suspended, {2026, 12, 1}), AllocationState::kPurged);
}

TEST(Award, NothingStartsOutsideThePeriod) {
  const auto code = [](const model::Allocation& of, base::Date today) {
    const auto may = may_use(of, today);
    return may.ok() ? std::string("ok") : may.failure().reason.code;
  };
  auto active = allocation({2026, 9, 1}, {2027, 2, 28});
  EXPECT_EQ(code(active, {2026, 8, 31}), "award.allocation_not_begun");
  EXPECT_EQ(code(active, {2027, 2, 28}), "ok");
  EXPECT_EQ(code(active, {2027, 3, 1}), "award.allocation_ended");
  active.state = AllocationState::kSuspended;
  EXPECT_EQ(code(active, {2026, 12, 1}), "award.allocation_suspended");
}

TEST(Outage, F6_AStopIsGivenBackInWholeDaysRoundedUp) {
  const auto half = allocation({2026, 9, 1}, {2027, 2, 28});
  EXPECT_EQ(extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "2026-10-01T00:00:01Z")}).days, 1);
  EXPECT_EQ(extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z")}).days, 1);
  const auto over_a_day = extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "2026-10-02T00:00:01Z")});
  EXPECT_EQ(over_a_day.days, 2);
  EXPECT_EQ(over_a_day.ends_on, (base::Date{2027, 3, 2}));
}

TEST(Outage, F6_ShortStopsAreAddedUpBeforeTheyAreRounded) {
  const auto half = allocation({2026, 9, 1}, {2027, 2, 28});
  const auto extension = extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "2026-10-01T06:00:00Z"),
                                                    outage("2026-11-01T00:00:00Z", "2026-11-01T06:00:00Z")});
  EXPECT_EQ(extension.lost, base::Span::hours(12));
  EXPECT_EQ(extension.days, 1);
}

TEST(Outage, F6_OverlappingStopsCountOnce) {
  const auto half = allocation({2026, 9, 1}, {2027, 2, 28});
  const auto extension = extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "2026-10-03T00:00:00Z"),
                                                    outage("2026-10-02T00:00:00Z", "2026-10-04T00:00:00Z"),
                                                    outage("2026-10-01T12:00:00Z", "2026-10-02T12:00:00Z")});
  EXPECT_EQ(extension.lost, base::Span::days(3));
}

TEST(Outage, F6_OnlyTimeInsideThePeriodAndOnlyWhatIsOver) {
  const auto half = allocation({2026, 9, 1}, {2027, 2, 28});
  // 2026-09-01 begins in Seoul at 15:00 UTC of the day before.
  EXPECT_EQ(extended_by_outages(half, {outage("2026-08-31T12:00:00Z", "2026-08-31T18:00:00Z")}).lost,
            base::Span::hours(3));
  EXPECT_EQ(extended_by_outages(half, {outage("2027-02-28T12:00:00Z", "2027-02-28T18:00:00Z")}).lost,
            base::Span::hours(6))
      << "three hours of the period, and those of the day that they give back";
  EXPECT_EQ(extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "")}).days, 0);
  EXPECT_EQ(extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z")}, {},
                                "2026-10-01T12:00:00Z")
                .days,
            0);
}

TEST(Outage, F6_AStopDuringTheExtensionLengthensAgain) {
  const auto half = allocation({2026, 9, 1}, {2027, 2, 28});
  const auto extension = extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "2026-10-03T00:00:00Z"),
                                                    outage("2027-03-01T00:00:00Z", "2027-03-02T00:00:00Z")});
  EXPECT_EQ(extension.ends_on, (base::Date{2027, 3, 3}));
}

TEST(Outage, F6_StopsOfOtherNodesDoNotCount) {
  const auto half = allocation({2026, 9, 1}, {2027, 2, 28});
  const std::vector<model::Outage> of_b{outage("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", {"b"})};
  EXPECT_EQ(extended_by_outages(half, of_b, {"a"}).days, 0);
  EXPECT_EQ(extended_by_outages(half, of_b, {"a", "b"}).days, 1);
  EXPECT_EQ(extended_by_outages(half, of_b, {}).days, 0) << "no node of its pool";
  EXPECT_EQ(extended_by_outages(half, {outage("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z")}, {}).days, 1)
      << "a stop of the whole centre counts for everybody";
  EXPECT_EQ(
      extend_by_outages(half, of_b, {}, OutageExtension::kNone, calendar::seoul(), at("2030-01-01T00:00:00Z"))
          .days,
      0);
}

TEST(Outage, F6_AnAllocationThatEndedDuringAStopIsActiveAgain) {
  auto ended = allocation({2026, 9, 1}, {2027, 2, 28});
  ended.state = AllocationState::kEnded;
  const Extension extension{{2027, 3, 5}, base::Span::days(5), 5};
  const auto again = extended(ended, extension, {2027, 3, 3});
  EXPECT_EQ(again.state, AllocationState::kActive);
  EXPECT_EQ(again.ends_on, (base::Date{2027, 3, 5}));
  EXPECT_EQ(again.outage_given_back, base::Span::days(5));
  EXPECT_EQ(extended(again, extension, {2027, 3, 6}).state, AllocationState::kEnded);
  EXPECT_EQ(extended(ended, extension, {2027, 3, 6}).state, AllocationState::kEnded) << "too late to be used";
  ended.state = AllocationState::kPurged;
  EXPECT_EQ(extended(ended, extension, {2027, 3, 3}).state, AllocationState::kPurged);
}

// Against minutes counted one by one: any set of outages, any overlap.
TEST(Outage, F6_EqualsCountingMinuteByMinute) {
  std::mt19937_64 random(17);
  const auto start = at("2026-08-31T15:00:00Z");  // 2026-09-01 in Seoul
  for (int i = 0; i < 300; ++i) {
    const auto ten_days = allocation({2026, 9, 1}, {2026, 9, 10});
    std::vector<model::Outage> outages;
    for (auto n = random() % 6; n > 0; --n) {
      model::Outage one;
      one.started_at = start + base::Span::minutes(static_cast<std::int64_t>(random() % 20'000) - 2'000);
      one.ended_at = one.started_at + base::Span::minutes(static_cast<std::int64_t>(random() % 3'000));
      outages.push_back(one);
    }
    std::int64_t lost = 0, days = 10;
    for (std::int64_t minute = 0; minute < days * 1440; ++minute) {
      const auto now = start + base::Span::minutes(minute);
      bool down = false;
      for (const auto& each : outages) down = down || (each.started_at <= now && now < *each.ended_at);
      if (down) days = 10 + (++lost + 1439) / 1440;
    }
    const auto extension = extended_by_outages(ten_days, outages);
    ASSERT_EQ(extension.lost, base::Span::minutes(lost)) << i;
    ASSERT_EQ(extension.days, days - 10) << i;
  }
}

TEST(Outage, DoingItTwiceGivesNothingTwice) {
  auto half = allocation({2026, 9, 1}, {2027, 2, 28});
  const std::vector<model::Outage> outages{outage("2026-10-01T00:00:00Z", "2026-10-03T00:00:00Z")};
  half.ends_on = extended_by_outages(half, outages).ends_on;
  EXPECT_EQ(extended_by_outages(half, outages).ends_on, half.ends_on);
}

TEST(Closure, L1_R12_EndNoticeAndDeletion) {
  auto half = allocation({2026, 9, 1}, {2027, 2, 28});
  policy::Retention retention;
  retention.delete_after_end_days = 5;
  retention.deletion_notice_days = 3;
  retention.holds = {"invoices"};
  const auto plan = plan_closure(half, retention);
  EXPECT_EQ(plan.purge_on, (base::Date{2027, 3, 5}));
  EXPECT_EQ(plan.notice_on, (base::Date{2027, 3, 2}));
  using Steps = std::vector<ClosureStep>;
  EXPECT_EQ(steps_due(half, plan, false, {2027, 2, 28}), Steps{});
  EXPECT_EQ(steps_due(half, plan, false, {2027, 3, 1}), Steps{ClosureStep::kEnd});
  half.state = AllocationState::kEnded;
  EXPECT_EQ(steps_due(half, plan, false, {2027, 3, 2}), Steps{ClosureStep::kNotify});
  EXPECT_EQ(steps_due(half, plan, true, {2027, 3, 4}), Steps{});
  EXPECT_EQ(steps_due(half, plan, false, {2027, 3, 9}), (Steps{ClosureStep::kNotify, ClosureStep::kPurge}))
      << "nobody loses data untold";
  half.state = AllocationState::kPurged;
  EXPECT_EQ(steps_due(half, plan, false, {2027, 3, 9}), Steps{});
}

TEST(Closure, L1_AnAccountOutlivesAnAllocationWhileAnotherRuns) {
  auto ended = allocation({2026, 1, 1}, {2026, 6, 30});
  const auto running = allocation({2026, 9, 1}, {2027, 2, 28});
  EXPECT_FALSE(account_ends({ended, running}, {2026, 12, 1}));
  EXPECT_TRUE(account_ends({ended, running}, {2027, 3, 1}));
  EXPECT_TRUE(account_ends({}, {2027, 3, 1}));
}

}  // namespace
}  // namespace dure::programme
