#include "calendar/period.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace dure::calendar {
namespace {

constexpr Length months(std::int64_t n) {
  return {n, Unit::kMonths};
}
constexpr Length weeks(std::int64_t n) {
  return {n, Unit::kWeeks};
}
constexpr Length days(std::int64_t n) {
  return {n, Unit::kDays};
}

std::string end_text(base::Date start, Length length, PeriodRule rule = kUse) {
  return base::to_text(period_end(start, length, rule, korean_business_days()));
}

// The figures of a study of the seeds, each computed there by an independent script.
TEST(Period, F5_SixMonthsOfUse) {
  EXPECT_EQ(end_text({2026, 9, 1}, months(6)), "2027-02-28");
  EXPECT_EQ(end_text({2026, 8, 31}, months(6)), "2027-02-28");  // February has no 31st
  EXPECT_EQ(end_text({2026, 3, 15}, months(6)), "2026-09-14");
}

// S1: the report is due within a month of the end; where use ends in December, by November.
TEST(Period, K2_ReportDueOneMonthAfterTheEnd) {
  const DueRule s1{months(1), Roll::kNextBusinessDay, 12, 11};
  const BusinessDays business = korean_business_days();
  EXPECT_EQ(base::to_text(due_date({2024, 9, 30}, s1, business)), "2024-10-31");  // not 10-30
  EXPECT_EQ(base::to_text(due_date({2024, 11, 30}, s1, business)), "2024-12-31");
  EXPECT_EQ(base::to_text(due_date({2024, 12, 31}, s1, business)),
            "2024-11-30");  // a Saturday: fixed, not moved
}

TEST(Period, H1_TwentyOneIdleDays) {
  EXPECT_EQ(end_text({2026, 5, 1}, days(21), kAfterEvent), "2026-05-22");
  EXPECT_EQ(end_text({2026, 5, 1}, weeks(3), kAfterEvent), "2026-05-22");
}

TEST(Period, E11_PanelAndNoticeAfterTheClose) {
  EXPECT_EQ(end_text({2024, 3, 15}, weeks(2), kDeadline), "2024-03-29");
  EXPECT_EQ(end_text({2024, 3, 15}, weeks(3), kDeadline), "2024-04-05");
}

TEST(Period, B2_NoticeThreeWeeksBeforeTheClose) {
  const base::Date day = last_notice_day({2024, 3, 15}, weeks(3));
  EXPECT_EQ(base::to_text(day), "2024-02-22");
  EXPECT_EQ(end_text(day, weeks(3), kAfterEvent), "2024-03-14");
}

TEST(Period, R18_ALastDayOnAHolidayMovesOnlyWhereTheRuleSaysSo) {
  EXPECT_EQ(end_text({2026, 8, 24}, months(1), kAfterEvent), "2026-09-24");
  // 24 to 26 September 2026 is Chuseok, 27 a Sunday.
  EXPECT_EQ(end_text({2026, 8, 24}, months(1), kDeadline), "2026-09-28");
}

TEST(Period, R18_MonthsWithoutTheCorrespondingDayEndOnTheirLast) {
  EXPECT_EQ(end_text({2024, 1, 31}, months(1)), "2024-02-29");
  EXPECT_EQ(end_text({2023, 1, 31}, months(1)), "2023-02-28");
  EXPECT_EQ(end_text({2024, 2, 29}, {1, Unit::kYears}), "2025-02-28");
  EXPECT_EQ(end_text({2024, 1, 30}, months(1), kAfterEvent), "2024-02-29");
  EXPECT_EQ(end_text({2026, 1, 1}, {1, Unit::kYears}), "2026-12-31");
}

TEST(Period, R18_TheFirstDayCountsWhenItStartsAtMidnight) {
  EXPECT_EQ(first_day_for(start_of({2026, 9, 1}, seoul()), seoul()), FirstDay::kCounts);
  EXPECT_EQ(first_day_for(start_of({2026, 9, 1}, seoul()) + base::Span::seconds(1), seoul()),
            FirstDay::kNotCounted);
}

TEST(Period, R17_TenDaysForAnOpinion) {
  EXPECT_EQ(end_text({2026, 11, 2}, days(10), kAfterEvent), "2026-11-12");
}

TEST(Period, F6_AnOutageGivesBackWholeDaysRoundedUp) {
  const base::Date end{2027, 2, 28};
  EXPECT_EQ(extended_end(end, base::Span{}), end);
  EXPECT_EQ(base::to_text(extended_end(end, base::Span::seconds(1))), "2027-03-01");
  EXPECT_EQ(base::to_text(extended_end(end, base::Span::hours(24))), "2027-03-01");
  EXPECT_EQ(base::to_text(extended_end(end, base::Span::hours(25))), "2027-03-02");
}

// Article 160 said again, in another way: as many whole months as there are, day by day.
base::Date counted_by_hand(base::Date first, std::int64_t n) {
  base::Date day = first;
  for (std::int64_t left = n; left > 0; --left) {
    do {
      day = base::add_days(day, 1);
    } while (day.day != 1);
  }
  // `day` is the first of the last month: its corresponding day, or its end.
  if (first.day == 1) return base::add_days(day, -1);
  const std::int32_t length = base::days_in_month(day.year, day.month);
  return {day.year, day.month, std::min(first.day - 1, length)};
}

template <class Check>
void for_every_day(Check check) {
  for (base::Date date{1990, 1, 1}; date < base::Date{2091, 1, 1}; date = base::add_days(date, 1))
    check(date);
}

TEST(PeriodProperties, MonthsAgreeWithCountingByHand) {
  for_every_day([](base::Date date) {
    for (const std::int64_t n : {1, 6, 13}) ASSERT_EQ(period_end(date, months(n)), counted_by_hand(date, n));
  });
}

TEST(PeriodProperties, ALaterStartNeverEndsEarlier) {
  const BusinessDays business = korean_business_days();
  for (const Length length : {days(21), weeks(3), months(1), months(6), Length{1, Unit::kYears}}) {
    for (const PeriodRule rule : {kUse, kDeadline, kAfterEvent}) {
      base::Date before{1, 1, 1};
      for_every_day([&](base::Date date) {
        const base::Date end = period_end(date, length, rule, business);
        ASSERT_GE(end, before) << base::to_text(date);
        ASSERT_GE(end, date);
        before = end;
      });
    }
  }
}

TEST(PeriodProperties, RollingLandsOnABusinessDayAndTwiceChangesNothing) {
  const BusinessDays business = korean_business_days();
  for_every_day([&](base::Date date) {
    const base::Date rolled = business.on_or_after(date);
    ASSERT_TRUE(business.is_business_day(rolled));
    ASSERT_EQ(business.on_or_after(rolled), rolled);
    ASSERT_LE(base::to_days(rolled) - base::to_days(date), 10);
  });
}

// Two periods that follow each other reach as far as one of their sum, or, where the first ended early
// because its month was too short, up to three days further; never less far.
TEST(PeriodProperties, MonthsAddUp) {
  for_every_day([](base::Date date) {
    for (const std::int64_t n : {1, 2, 5}) {
      const base::Date first = period_end(date, months(n));
      const base::Date both = period_end(base::add_days(first, 1), months(6));
      const base::Date once = period_end(date, months(n + 6));
      const std::int64_t gap = base::to_days(both) - base::to_days(once);
      ASSERT_TRUE(gap >= 0 && gap <= 3) << base::to_text(date);
      if (date.day <= 28) {
        ASSERT_EQ(gap, 0) << base::to_text(date);
      }
    }
  });
}

TEST(PeriodProperties, NotCountingTheFirstDayIsStartingADayLater) {
  for_every_day([](base::Date date) {
    ASSERT_EQ(period_end(date, months(1), kAfterEvent), period_end(base::add_days(date, 1), months(1)));
  });
}

TEST(PeriodProperties, NoticeDaysLeaveTheWholeLengthAndNoDayMore) {
  for_every_day([](base::Date date) {
    for (const Length length : {weeks(3), days(10), months(1)}) {
      const base::Date day = last_notice_day(date, length);
      ASSERT_LT(period_end(day, length, kAfterEvent), date);
      ASSERT_GE(period_end(base::add_days(day, 1), length, kAfterEvent), date);
    }
  });
}

TEST(Length, ReadsItsOwnTextsAndRefusesOthers) {
  for (const Length length : {days(1), days(21), weeks(3), months(6), Length{1, Unit::kYears}}) {
    EXPECT_EQ(parse_length(to_text(length)), length);
  }
  for (const char* bad : {"", "6", "6months", "months", "-6 months", "06 months", "6  months", "6 months ",
                          "0 days", "99999999999999999999 days", "1001 years", "6 Months"}) {
    EXPECT_FALSE(parse_length(bad)) << bad;
  }
}

TEST(PeriodStory, TellsEachStep) {
  const auto story = *describe_period({2026, 8, 24}, months(1), kDeadline, korean_business_days());
  EXPECT_EQ(base::to_text(story.end), "2026-09-28");
  EXPECT_EQ(base::to_text(story.last), "2026-09-24");
  std::vector<std::string> codes;
  codes.reserve(story.steps.size());
  for (const base::Reason& step : story.steps) codes.push_back(step.code);
  EXPECT_EQ(codes,
            (std::vector<std::string>{"calendar.first_day_not_counted",
                                      "calendar.day_before_corresponding_day", "calendar.rolled_over_holiday",
                                      "calendar.rolled_over_holiday", "calendar.rolled_over_holiday",
                                      "calendar.rolled_over_weekend", "calendar.rolled_to"}));
}

TEST(PeriodStory, NamesTheMonthsEndAndWhatWasNotRolled) {
  const auto story = *describe_period({2026, 8, 31}, months(6), kUse, korean_business_days());
  EXPECT_EQ(story.days, 182);
  EXPECT_EQ(story.steps[0].code, "calendar.first_day_counts");
  EXPECT_EQ(story.steps[1].code, "calendar.last_day_of_month");
  EXPECT_EQ(story.steps[2].code, "calendar.not_rolled");  // 2027-02-28 is a Sunday
}

TEST(PeriodStory, AgreesWithPeriodEnd) {
  std::mt19937 random(18);
  const BusinessDays business = korean_business_days();
  for (int i = 0; i < 2000; ++i) {
    const base::Date start = base::from_days(static_cast<std::int64_t>(random() % 30000));
    const Length length{static_cast<std::int64_t>(random() % 30 + 1), static_cast<Unit>(random() % 4)};
    const PeriodRule rule{static_cast<FirstDay>(random() % 2), static_cast<Roll>(random() % 2)};
    const auto story = *describe_period(start, length, rule, business);
    ASSERT_EQ(story.end, period_end(start, length, rule, business));
    ASSERT_EQ(story.days, days_of(story.first_counted, story.end));
  }
}

TEST(Plannable, IsWhateverCanBeCountedFromTwice) {
  EXPECT_TRUE(check_plannable({2026, 9, 1}));
  EXPECT_TRUE(check_plannable(kFirstPlannable));
  EXPECT_TRUE(check_plannable(kLastPlannable));
  for (const base::Date date : {base::Date{1899, 12, 31}, base::Date{3000, 1, 1}, base::Date{9995, 1, 1},
                                base::Date{9999, 12, 31}, base::Date{2026, 2, 30}})
    EXPECT_EQ(check_plannable(date).failure().reason.code, "calendar.date_not_plannable");
  for (const char* longest : {"100000 days", "100000 weeks", "12000 months", "1000 years"}) {
    const Length length = *parse_length(longest);
    const auto once = period_end(kLastPlannable, length, kDeadline, korean_business_days());
    EXPECT_TRUE(describe_period(once, length, kDeadline, korean_business_days())) << longest;
  }
}

TEST(PeriodStory, RefusesWhatIsOutOfRange) {
  const BusinessDays none;
  EXPECT_EQ(describe_period({2026, 2, 30}, months(1), kUse, none).failure().reason.code,
            "calendar.date_out_of_range");
  EXPECT_EQ(describe_period({2026, 2, 1}, months(0), kUse, none).failure().reason.code,
            "calendar.length_out_of_range");
  EXPECT_EQ(describe_period({9989, 2, 1}, months(12'000), kUse, none).failure().reason.code,
            "calendar.date_out_of_range");
  for (const base::Date date : {base::Date{9991, 1, 1}, base::Date{9999, 12, 31}, base::Date{9990, 12, 31}})
    EXPECT_EQ(describe_period(date, months(1), kDeadline, none).failure().reason.code,
              "calendar.date_out_of_range");
}

}  // namespace
}  // namespace dure::calendar
