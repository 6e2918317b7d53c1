// Invariants 9 and 20 on random histories: an allocation never lasts longer than the policy's longest period
// and what outages took from it; and deadlines are those that one finds by walking from day to day. With
// DURE_TEST_TIER=full 10,000 histories, else some hundreds.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string_view>

#include "programme/award.h"
#include "programme/deadlines.h"
#include "programme/test_histories.h"

namespace dure::programme {
namespace {

using base::Date;
using calendar::Length;
using calendar::Unit;

class PeriodChance {
 public:
  explicit PeriodChance(std::uint64_t seed) : random_(seed) {}
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }
  Date day() { return base::from_days(base::to_days({2021, 1, 1}) + between(0, 8'000)); }
  // Ends of months and leap days are where calendars go wrong.
  Date hard_day() {
    if (one_in(6)) return {static_cast<std::int32_t>(2020 + 4 * between(1, 5)), 2, 29};
    const Date any = day();
    return one_in(3) ? walk_back({any.year, any.month, 1}) : any;
  }
  Length length() {
    const auto unit = static_cast<Unit>(between(0, 3));
    static constexpr std::int64_t kMost[] = {400, 60, 24, 5};
    return {between(1, kMost[static_cast<int>(unit)]), unit};
  }

 private:
  static Date walk_back(Date date) { return base::add_days(date, -1); }
  std::mt19937_64 random_;
};

// ---- The same by walking from day to day

std::int32_t days_in(std::int32_t year, std::int32_t month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

Date next_by_hand(Date date) {
  if (++date.day <= days_in(date.year, date.month)) return date;
  date.day = 1;
  if (++date.month <= 12) return date;
  return {date.year + 1, 1, 1};
}

// The last day of a period whose first counted day that is (Civil Act articles 159 and 160).
Date walked(Date first, Length length) {
  if (length.unit == Unit::kDays || length.unit == Unit::kWeeks) {
    Date day = first;
    for (auto left = length.count * (length.unit == Unit::kWeeks ? 7 : 1); left > 1; --left)
      day = next_by_hand(day);
    return day;
  }
  const auto months = length.count * (length.unit == Unit::kYears ? 12 : 1);
  auto year = first.year;
  auto month = first.month;
  for (auto left = months; left > 0; --left)
    if (++month > 12) {
      month = 1;
      ++year;
    }
  // The day before the corresponding one; the month's last where it has no such day.
  if (first.day > days_in(year, month)) return {year, month, days_in(year, month)};
  Date day{year, month, 1};
  if (first.day == 1) {
    Date last = first;
    while (next_by_hand(last) != day) last = next_by_hand(last);
    return last;
  }
  while (next_by_hand(day).day != first.day) day = next_by_hand(day);
  return day;
}

Date rolled(Date day, const calendar::BusinessDays& business) {
  while (!business.is_business_day(day)) day = next_by_hand(day);
  return day;
}

// ---- Invariant 9

model::Outage random_outage(PeriodChance& chance, base::Instant around, bool of_a_node) {
  model::Outage made;
  made.started_at = around + base::Span::minutes(chance.between(-200'000, 400'000));
  made.ended_at = made.started_at + base::Span::minutes(chance.between(0, 20'000));
  if (of_a_node) made.node_ids = {chance.one_in(2) ? "a" : "b"};
  if (chance.one_in(8)) made.ended_at.reset();
  return made;
}

TEST(PeriodProperty, Invariant9_F5_F6_NoAllocationLastsLongerThanThePolicyAndItsOutages) {
  int planned = 0, longer = 0;
  for (int seed = 0; seed < histories(400); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PeriodChance chance(static_cast<std::uint64_t>(seed));
    const auto start = chance.hard_day();
    const auto most = chance.length();
    const auto months = chance.between(1, 30);
    std::optional<Date> use_until;
    if (chance.one_in(3)) use_until = chance.day();
    const auto plan = plan_period(start, months, most, use_until);
    const Date longest = walked(start, most);
    const bool fits =
        walked(start, {months, Unit::kMonths}) <= longest && (!use_until || start <= *use_until);
    ASSERT_EQ(plan.ok(), fits);
    if (!plan.ok()) continue;
    ++planned;
    ASSERT_LE(plan->ends_on, longest);
    if (use_until) {
      ASSERT_LE(plan->ends_on, *use_until);
    }
    model::Allocation allocation;
    allocation.state = model::AllocationState::kActive;
    allocation.starts_on = start;
    allocation.ends_on = allocation.agreed_ends_on = plan->ends_on;
    const base::Instant begin{(base::to_days(start) * 86'400 - 9 * 3'600) * 1'000'000};  // 0:00 in Seoul
    std::vector<model::Outage> outages;
    std::int64_t lost_us = 0;
    for (auto n = chance.between(0, 6); n > 0; --n) {
      outages.push_back(random_outage(chance, begin, chance.one_in(2)));
      const auto& one = outages.back();
      const bool counts = one.ended_at && (one.node_ids.empty() || one.node_ids[0] == "a");
      if (counts) lost_us += one.ended_at->us - one.started_at.us;
    }
    const base::Instant later{begin.us + base::Span::days(5'000).us};
    const auto given = [&](policy::OutageExtension rule) {
      return extend_by_outages(allocation, outages, {"a"}, rule, calendar::seoul(), later);
    };
    const auto extension = given(policy::OutageExtension::kOneToOne);
    const std::int64_t most_days = (lost_us + base::Span::days(1).us - 1) / base::Span::days(1).us;
    ASSERT_LE(base::to_days(extension.ends_on), base::to_days(longest) + most_days);
    ASSERT_LE(extension.days, most_days);
    ASSERT_GE(extension.ends_on, plan->ends_on);
    ASSERT_EQ(base::to_days(extension.ends_on), base::to_days(plan->ends_on) + extension.days);
    ASSERT_EQ(given(policy::OutageExtension::kNone).ends_on, plan->ends_on);
    // Done again from where it ended: nothing twice.
    allocation.ends_on = extension.ends_on;
    ASSERT_EQ(given(policy::OutageExtension::kOneToOne).ends_on, extension.ends_on);
    longer += extension.days > 0 ? 1 : 0;
  }
  EXPECT_GT(planned, histories(400) / 4);
  EXPECT_GT(longer, histories(400) / 10) << "outages that count are common enough";
}

// ---- Invariant 20

const Deadline* of(const std::vector<Deadline>& all, const std::string& id) {
  for (const auto& each : all)
    if (each.id == id) return &each;
  return nullptr;
}

TEST(PeriodProperty, Invariant20_E11_F5_H1_DeadlinesAreThoseOfWalkingFromDayToDay) {
  const auto business = calendar::korean_business_days();
  int moved = 0;
  for (int seed = 0; seed < histories(400); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PeriodChance chance(static_cast<std::uint64_t>(seed));
    const auto day = chance.hard_day();
    policy::Pack pack;
    pack.calendar.roll_deadlines = chance.one_in(2);
    pack.call.panel_within = chance.length();
    pack.award.accept_within = chance.length();
    pack.utilisation.idle_days = chance.between(1, 60);
    pack.award.max_period = chance.length();
    pack.account.password.max_age = chance.length();
    const auto told = [&](CentreEvent event, const std::string& id) {
      const auto all = deadlines_of(event, day, pack);
      EXPECT_TRUE(all.ok());
      const auto* found = all.ok() ? of(*all, id) : nullptr;
      EXPECT_NE(found, nullptr) << id;
      return found != nullptr ? found->day : Date{};
    };
    // After an event: its own day is not counted, and a last day on a holiday moves on where the pack says
    // so.
    const auto after = [&](Length length) {
      const Date last = walked(next_by_hand(day), length);
      const Date due = pack.calendar.roll_deadlines ? rolled(last, business) : last;
      moved += due == last ? 0 : 1;
      return due;
    };
    ASSERT_EQ(told(CentreEvent::kCallClosed, "panel"), after(*pack.call.panel_within));
    ASSERT_EQ(told(CentreEvent::kAwardMade, "accept"), after(*pack.award.accept_within));
    // Times that run by themselves do not move; those of use count their first day.
    ASSERT_EQ(told(CentreEvent::kIdleSince, "idle"),
              walked(next_by_hand(day), {*pack.utilisation.idle_days, Unit::kDays}));
    ASSERT_EQ(told(CentreEvent::kPasswordChanged, "password"),
              walked(next_by_hand(day), *pack.account.password.max_age));
    ASSERT_EQ(told(CentreEvent::kAllocationStarted, "period"), walked(day, pack.award.max_period));
  }
  EXPECT_GT(moved, histories(400) / 20) << "holidays are met";
}

}  // namespace
}  // namespace dure::programme
