// K2, B2, L1, H3, invariant 20: days that hang on another day, against counting them one by one.
#include "calendar/deadline.h"

#include <gtest/gtest.h>

#include <random>

#include "calendar/years.h"

namespace dure::calendar {
namespace {

const BusinessDays& korea() {
  static const BusinessDays days = korean_business_days();
  return days;
}

const DueRule kReport{{1, Unit::kMonths}, Roll::kNone, 12, 11};

std::string codes(const DayStory& story) {
  std::string text;
  for (const auto& step : story.steps) text += (text.empty() ? "" : " ") + step.code;
  return text;
}

TEST(Due, K2_AMonthAfterTheEndAndNovemberForDecember) {
  EXPECT_EQ(tell_due({2024, 9, 30}, kReport, korea()).day, (base::Date{2024, 10, 31}));
  EXPECT_EQ(tell_due({2024, 11, 30}, kReport, korea()).day, (base::Date{2024, 12, 31}));
  for (const int day : {1, 15, 31}) {
    const auto story = tell_due({2024, 12, day}, kReport, korea());
    EXPECT_EQ(story.day, (base::Date{2024, 11, 30})) << "a Saturday, and it stays one";
    EXPECT_EQ(codes(story), "calendar.year_end_rule calendar.not_rolled");
  }
  EXPECT_EQ(tell_due({2025, 12, 31}, kReport, korea()).day, (base::Date{2025, 11, 30}));
}

TEST(Due, K2_TheStoryIsTheDateForEveryDayOfTenYears) {
  for (const auto roll : {Roll::kNone, Roll::kNextBusinessDay})
    for (base::Date end{2020, 1, 1}; end.year < 2030; end = base::add_days(end, 1)) {
      DueRule rule = kReport;
      rule.roll = roll;
      EXPECT_EQ(tell_due(end, rule, korea()).day, due_date(end, rule, korea()));
    }
}

TEST(LastNotice, B2_ThreeWeeksLieInFullBeforeTheClose) {
  const auto story = tell_last_notice({2024, 3, 15}, {3, Unit::kWeeks});
  EXPECT_EQ(story.day, (base::Date{2024, 2, 22}));
  EXPECT_EQ(codes(story), "calendar.whole_length_before");
}

TEST(LastNotice, B2_AsCountedDayByDay) {
  std::mt19937 random(5);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  for (int i = 0; i < 2000; ++i) {
    const auto event = base::add_days({2024, 1, 1}, static_cast<std::int64_t>(random() % 4000));
    const auto weeks = static_cast<std::int64_t>(random() % 6 + 1);
    const auto day = tell_last_notice(event, {weeks, Unit::kWeeks}).day;
    std::int64_t between = 0;
    for (auto each = base::add_days(day, 1); each < event; each = base::add_days(each, 1)) ++between;
    EXPECT_EQ(between, weeks * 7);
  }
}

TEST(Lead, ADayBeforeIsFoundOverMonthsAndLeapDays) {
  EXPECT_EQ(lead_day({2024, 3, 1}, 1), (base::Date{2024, 2, 29}));
  EXPECT_EQ(lead_day({2023, 3, 1}, 1), (base::Date{2023, 2, 28}));
  EXPECT_EQ(lead_day({2026, 1, 5}, 7), (base::Date{2025, 12, 29}));
  EXPECT_EQ(lead_day({2026, 1, 5}, 0), (base::Date{2026, 1, 5}));
  EXPECT_EQ(tell_lead({2026, 1, 5}, 7).day, lead_day({2026, 1, 5}, 7));
}

TEST(Cycle, H3_MonthsAndQuartersEndWithTheirLastDay) {
  EXPECT_EQ(cycle_end({2024, 2, 1}, 1), (base::Date{2024, 2, 29}));
  EXPECT_EQ(cycle_end({2024, 2, 1}, 3), (base::Date{2024, 3, 31}));
  EXPECT_EQ(cycle_end({2024, 12, 31}, 3), (base::Date{2024, 12, 31}));
  EXPECT_EQ(cycle_end({2024, 4, 1}, 6), (base::Date{2024, 6, 30}));
  EXPECT_EQ(cycle_end({2024, 4, 1}, 12), (base::Date{2024, 12, 31}));
  for (const std::int64_t months : {1, 2, 3, 4, 6, 12})
    for (base::Date date{2023, 1, 1}; date.year < 2025; date = base::add_days(date, 1)) {
      base::Date walked = date;  // on until the next day begins a cycle
      while (true) {
        const auto next = base::add_days(walked, 1);
        if (next.day == 1 && (next.month - 1) % months == 0) break;
        walked = next;
      }
      EXPECT_EQ(cycle_end(date, months), walked);
      EXPECT_EQ(tell_cycle_end(date, months).day, walked);
    }
}

TEST(Years, C4_AnAgeIsReachedOnTheBirthday) {
  EXPECT_EQ(full_years({1986, 5, 1}, {2026, 4, 30}), 39);
  EXPECT_EQ(full_years({1986, 5, 1}, {2026, 5, 1}), 40);
  EXPECT_EQ(full_years({1984, 2, 29}, {2024, 2, 28}), 39) << "a leap year has the day";
  EXPECT_EQ(full_years({1984, 2, 29}, {2024, 2, 29}), 40);
  EXPECT_EQ(full_years({1984, 2, 29}, {2023, 2, 28}), 38);
  EXPECT_EQ(full_years({1984, 2, 29}, {2023, 3, 1}), 39);
  EXPECT_LT(full_years({2026, 5, 1}, {2026, 4, 30}), 0);
}

// The oracle: how many whole periods of a year, the first day counted, lie behind.
TEST(Years, C4_FullYearsAreWholePeriodsOfTheCalendar) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  for (int i = 0; i < 5000; ++i) {
    auto from = base::add_days({1960, 1, 1}, static_cast<std::int64_t>(random() % 20000));
    if (i % 10 == 0) from = {static_cast<std::int32_t>(1960 + random() % 12 * 4), 2, 29};
    const auto to = base::add_days(from, static_cast<std::int64_t>(random() % 20000));
    std::int64_t years = 0;
    while (period_end(from, {years + 1, Unit::kYears}) < to) ++years;
    EXPECT_EQ(full_years(from, to), years) << base::to_text(from) << " " << base::to_text(to);
  }
}

TEST(Years, C4_WithinSevenYearsEndsOnTheAnniversary) {
  EXPECT_TRUE(within_years({2019, 3, 25}, 7, {2026, 3, 25})) << "seven years to the day";
  EXPECT_FALSE(within_years({2019, 3, 25}, 7, {2026, 3, 26}));
  EXPECT_TRUE(within_years({2019, 3, 25}, 7, {2019, 3, 25}));
  EXPECT_FALSE(within_years({2019, 3, 25}, 7, {2019, 3, 24})) << "not appointed yet";
  EXPECT_EQ(last_day_within({2020, 2, 29}, 1), (base::Date{2021, 2, 28}));
  EXPECT_EQ(last_day_within({2020, 2, 29}, 4), (base::Date{2024, 2, 29}));
  EXPECT_EQ(last_day_within({2020, 2, 29}, 0), (base::Date{2020, 2, 29}));
}

}  // namespace
}  // namespace dure::calendar
