// H1: when idle days are full (S0 article 10(3)).
#include "programme/idle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "calendar/period.h"

namespace dure::programme {
namespace {

using base::Date;

const calendar::Zone kIdleZone = calendar::seoul();

base::Instant noon(Date day) {
  return calendar::start_of(day, kIdleZone) + base::Span::hours(12);
}

policy::Utilisation three_weeks(policy::IdleWhen when) {
  policy::Utilisation rules;
  rules.idle_days = 21;
  rules.idle_when = when;
  rules.idle_measure = policy::IdleMeasure::kReclaim;
  return rules;
}

TEST(Idle, H1_OneOfTheTwoIsEnoughOrBothAreNeeded) {
  SignsOfLife signs;
  signs.starts_on = {2026, 4, 1};
  signs.last_login_on = Date{2026, 5, 1};
  signs.last_use_on = Date{2026, 5, 10};
  const auto either = three_weeks(policy::IdleWhen::kNoLoginOrNoUse);
  const auto both = three_weeks(policy::IdleWhen::kNoLoginAndNoUse);
  EXPECT_FALSE(count_idle_days(signs, either, kIdleZone, noon({2026, 5, 21}))->idle);
  const auto full = *count_idle_days(signs, either, kIdleZone, noon({2026, 5, 22}));
  EXPECT_TRUE(full.idle && full.no_login && !full.no_use);
  EXPECT_EQ(full.since, (Date{2026, 5, 1}));
  EXPECT_FALSE(count_idle_days(signs, both, kIdleZone, noon({2026, 5, 30}))->idle);
  EXPECT_TRUE(count_idle_days(signs, both, kIdleZone, noon({2026, 5, 31}))->idle);
  EXPECT_FALSE(count_idle_days(signs, {}, kIdleZone, noon({2026, 5, 31}))) << "no such rule";
}

TEST(Idle, H1_WhoAnsweredHasTheDaysAgainAndWhoNeverCameFromTheFirstDayOn) {
  const auto rules = three_weeks(policy::IdleWhen::kNoLoginOrNoUse);
  SignsOfLife signs;
  signs.starts_on = {2026, 5, 1};
  EXPECT_TRUE(count_idle_days(signs, rules, kIdleZone, noon({2026, 5, 22}))->idle);
  signs.answered_on = Date{2026, 5, 25};
  EXPECT_EQ(count_idle_days(signs, rules, kIdleZone, noon({2026, 5, 26}))->full_on, (Date{2026, 6, 15}));
}

TEST(Idle, H1_TimeInWhichItCouldNotBeUsedIsGivenBack) {
  const auto rules = three_weeks(policy::IdleWhen::kNoLoginOrNoUse);
  SignsOfLife signs;
  signs.starts_on = {2026, 5, 1};
  // A day and a half, told twice; and what lay before the last sign.
  signs.exempt = {{noon({2026, 5, 10}), noon({2026, 5, 11})},
                  {noon({2026, 5, 10}), calendar::start_of({2026, 5, 12}, kIdleZone)},
                  {noon({2026, 4, 1}), noon({2026, 4, 20})}};
  const auto count = *count_idle_days(signs, rules, kIdleZone, noon({2026, 5, 22}));
  EXPECT_FALSE(count.idle);
  EXPECT_EQ(count.full_on, (Date{2026, 5, 24}));
}

int idle_histories() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string(tier) == "full" ? 20'000 : 1'000;
}

// Against a walk over the days one by one: idle is only who had so many whole days without a sign, and a
// later sign never makes it earlier.
TEST(Idle, H1_PropertyAgainstDaysCountedOneByOne) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  const auto pick = [&](int least, int most) {
    return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
  };
  for (int i = 0; i < idle_histories(); ++i) {
    const bool either = pick(0, 1) == 1;
    auto rules = three_weeks(either ? policy::IdleWhen::kNoLoginOrNoUse : policy::IdleWhen::kNoLoginAndNoUse);
    rules.idle_days = pick(1, 40);
    const Date start = base::add_days({2026, 1, 1}, pick(0, 300));
    SignsOfLife signs;
    signs.starts_on = start;
    if (pick(0, 2) > 0) signs.last_login_on = base::add_days(start, pick(-20, 40));
    if (pick(0, 2) > 0) signs.last_use_on = base::add_days(start, pick(0, 40));
    if (pick(0, 3) == 0) signs.answered_on = base::add_days(start, pick(0, 40));
    const Date today = base::add_days(start, pick(0, 90));
    const auto whole_days_after = [&](const std::optional<Date>& sign) {
      std::int64_t days = 0;
      for (Date day = today;
           start < day && (!sign || *sign < day) && (!signs.answered_on || *signs.answered_on < day);
           day = base::add_days(day, -1))
        ++days;
      return days;
    };
    const bool no_login = whole_days_after(signs.last_login_on) >= *rules.idle_days;
    const bool no_use = whole_days_after(signs.last_use_on) >= *rules.idle_days;
    const auto count = *count_idle_days(signs, rules, kIdleZone, noon(today));
    ASSERT_EQ(count.no_login, no_login);
    ASSERT_EQ(count.no_use, no_use);
    ASSERT_EQ(count.idle, either ? no_login || no_use : no_login && no_use);
    // A log-in today, unless one of a later day is known already: a sign that is told late is no later sign.
    auto later = signs;
    later.last_login_on = std::max(signs.last_login_on.value_or(today), today);
    ASSERT_GE(count_idle_days(later, rules, kIdleZone, noon(today))->full_on, count.full_on);
    // Nor does time that could not be used make it earlier, nor a look on a later day.
    const Date lost_from = base::add_days(start, pick(-10, 60));
    later.exempt = {{noon(lost_from), noon(base::add_days(lost_from, pick(1, 20)))}};
    const auto with_loss = count_idle_days(later, rules, kIdleZone, noon(today))->full_on;
    ASSERT_GE(with_loss, count.full_on);
    ASSERT_GE(count_idle_days(later, rules, kIdleZone, noon(base::add_days(today, pick(1, 30))))->full_on,
              with_loss);
  }
}

}  // namespace
}  // namespace dure::programme
