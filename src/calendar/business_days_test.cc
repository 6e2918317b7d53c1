#include "calendar/business_days.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dure::calendar {
namespace {

std::set<std::string> dates(std::int32_t year, bool substitutes_only) {
  std::set<std::string> found;
  for (const Holiday& holiday : korean_holidays(year)) {
    if (holiday.substitute || !substitutes_only) found.insert(base::to_text(holiday.date));
  }
  return found;
}

using Texts = std::set<std::string>;

TEST(KoreanHolidays, SubstitutesAreThoseThatTheGovernmentPublished) {
  EXPECT_EQ(dates(2020, true), (Texts{"2020-01-27"}));
  EXPECT_EQ(dates(2021, true), (Texts{"2021-08-16", "2021-10-04", "2021-10-11"}));
  EXPECT_EQ(dates(2022, true), (Texts{"2022-09-12", "2022-10-10"}));
  EXPECT_EQ(dates(2023, true), (Texts{"2023-01-24", "2023-05-29"}));
  EXPECT_EQ(dates(2024, true), (Texts{"2024-02-12", "2024-05-06"}));
  EXPECT_EQ(dates(2025, true), (Texts{"2025-03-03", "2025-05-06", "2025-10-08"}));
  EXPECT_EQ(dates(2026, true), (Texts{"2026-03-02", "2026-05-25", "2026-08-17", "2026-10-05"}));
  EXPECT_EQ(dates(2027, true), (Texts{"2027-02-09", "2027-05-03", "2027-07-19", "2027-08-16", "2027-10-04",
                                      "2027-10-11", "2027-12-27"}));
  EXPECT_EQ(dates(2028, true), (Texts{"2028-10-05"}));
}

TEST(KoreanHolidays, Of2026AreComplete) {
  EXPECT_EQ(dates(2026, false),
            (Texts{"2026-01-01", "2026-02-16", "2026-02-17", "2026-02-18", "2026-03-01", "2026-03-02",
                   "2026-05-01", "2026-05-05", "2026-05-24", "2026-05-25", "2026-06-03", "2026-06-06",
                   "2026-07-17", "2026-08-15", "2026-08-17", "2026-09-24", "2026-09-25", "2026-09-26",
                   "2026-10-03", "2026-10-05", "2026-10-09", "2026-12-25"}));
}

TEST(KoreanHolidays, LabourDayAndConstitutionDayCountFromTheirDecreeOn) {
  const BusinessDays days = korean_business_days();
  EXPECT_TRUE(days.is_business_day({2025, 5, 1}));
  EXPECT_TRUE(days.is_business_day({2025, 7, 17}));
  EXPECT_FALSE(days.is_business_day({2026, 5, 1}));
  EXPECT_FALSE(days.is_business_day({2026, 7, 17}));
}

TEST(KoreanHolidays, EverySubstituteIsAWeekdayRightAfterRest) {
  for (std::int32_t year = kFirstHolidayYear; year <= kLastHolidayYear; ++year) {
    const BusinessDays days(korean_holidays(year));
    for (const Holiday& holiday : korean_holidays(year)) {
      if (!holiday.substitute) continue;
      EXPECT_NE(base::weekday(holiday.date), 0) << base::to_text(holiday.date);
      EXPECT_NE(base::weekday(holiday.date), 6) << base::to_text(holiday.date);
      EXPECT_FALSE(days.is_business_day(base::add_days(holiday.date, -1))) << base::to_text(holiday.date);
    }
  }
}

TEST(KoreanHolidays, NewYearAndMemorialDayHaveNoSubstitute) {
  const BusinessDays days = korean_business_days();
  EXPECT_TRUE(days.is_business_day({2022, 1, 3}));  // 2022-01-01 was a Saturday
  EXPECT_TRUE(days.is_business_day({2026, 6, 8}));  // 2026-06-06 is one
}

TEST(BusinessDays, SkipWeekendsHolidaysAndExtraDays) {
  const BusinessDays days =
      korean_business_days({{{2026, 9, 28}, "extra", "개교기념일", "Founding day", false}});
  EXPECT_EQ(base::to_text(days.on_or_after({2026, 9, 24})), "2026-09-29");
  EXPECT_EQ(base::to_text(days.after({2026, 9, 23}, 1)), "2026-09-29");
  EXPECT_EQ(base::to_text(days.after({2026, 9, 23}, 0)), "2026-09-23");
  EXPECT_EQ(days.holiday({2026, 9, 28})->name_en, "Founding day");
  EXPECT_EQ(days.count({2026, 9, 21}, {2026, 9, 29}), 4);
  EXPECT_EQ(days.between({2026, 9, 24}, {2026, 9, 28}).size(), 4u);
}

TEST(BusinessDays, CountAgreesWithStepping) {
  const BusinessDays days = korean_business_days();
  const base::Date start{2024, 1, 1};
  for (std::int64_t n = 1; n < 700; ++n) {
    ASSERT_EQ(days.count(base::add_days(start, 1), days.after(start, n)), n);
  }
}

}  // namespace
}  // namespace dure::calendar
