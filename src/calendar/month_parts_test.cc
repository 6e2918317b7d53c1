// I2, I3, R18: months of use, from the 31st, over leap days, and in parts.
#include "calendar/month_parts.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "calendar/period.h"

namespace dure::calendar {
namespace {

using base::Date;

std::int64_t parts_of(Date counted_from, Date first, Date last) {
  std::int64_t parts = 0;
  for (const auto& month : months_between(counted_from, first, last))
    parts += month.days * (kMonthParts / month.length);
  return parts;
}

TEST(MonthParts, AMonthOfAnyLengthIsWhole) {
  for (const std::int64_t days : {28, 29, 30, 31}) EXPECT_EQ(kMonthParts % days, 0) << days;
  EXPECT_EQ(parts_of({2026, 2, 1}, {2026, 2, 1}, {2026, 2, 28}), kMonthParts);
  EXPECT_EQ(parts_of({2024, 2, 1}, {2024, 2, 1}, {2024, 2, 29}), kMonthParts);
}

TEST(MonthParts, R18_MonthsFromThe31stEndWithTheMonth) {
  const auto months = months_between({2026, 1, 31}, {2026, 1, 31}, {2026, 4, 30});
  ASSERT_EQ(months.size(), 3u);
  EXPECT_EQ(months[0], (MonthPart{{2026, 1, 31}, {2026, 2, 28}, 29, 29}));
  EXPECT_EQ(months[1], (MonthPart{{2026, 3, 1}, {2026, 3, 30}, 30, 30}));
  EXPECT_EQ(months[2], (MonthPart{{2026, 3, 31}, {2026, 4, 30}, 31, 31}));
}

TEST(MonthParts, ADayIsItsPartOfItsOwnMonth) {
  EXPECT_EQ(parts_of({2026, 2, 1}, {2026, 2, 1}, {2026, 2, 1}), kMonthParts / 28);
  EXPECT_EQ(parts_of({2026, 3, 15}, {2026, 3, 15}, {2026, 3, 15}), kMonthParts / 31);
  EXPECT_EQ(parts_of({2026, 3, 15}, {2026, 4, 14}, {2026, 4, 15}), kMonthParts / 31 + kMonthParts / 30);
}

// Whole months by the calendar are whole, their lengths are those that the parts are made for, and a cut on
// any day leaves nothing out.
TEST(MonthParts, Property_WholeMonthsAreWholeAndCutsAddUp) {
  std::mt19937_64 random(160);
  for (int i = 0; i < 4'000; ++i) {
    const Date start =
        base::from_days(base::to_days({2019, 1, 1}) + static_cast<std::int64_t>(random() % 4'000));
    const auto count = static_cast<std::int64_t>(random() % 26) + 1;
    const Date end = period_end(start, {count, Unit::kMonths}, kUse);
    ASSERT_EQ(parts_of(start, start, end), count * kMonthParts) << base::to_text(start) << " " << count;
    for (const auto& month : months_between(start, start, end)) ASSERT_EQ(kMonthParts % month.length, 0);
    const auto days = days_of(start, end);
    const Date cut = base::add_days(start, static_cast<std::int64_t>(random()) % days);
    const Date middle = cut < start ? start : cut;
    const auto before = parts_of(start, start, middle);
    const auto after = middle == end ? 0 : parts_of(start, base::add_days(middle, 1), end);
    ASSERT_EQ(before + after, count * kMonthParts)
        << base::to_text(start) << " cut " << base::to_text(middle);
  }
}

}  // namespace
}  // namespace dure::calendar
