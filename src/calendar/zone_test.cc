#include "calendar/zone.h"

#include <gtest/gtest.h>

#include "calendar/test_instants.h"

namespace dure::calendar {
namespace {

TEST(Zone, SeoulIsNineHoursAhead) {
  EXPECT_EQ(base::to_text(local_date(at("2026-08-31T14:59:59.999999Z"), seoul())), "2026-08-31");
  EXPECT_EQ(base::to_text(local_date(at("2026-08-31T15:00:00Z"), seoul())), "2026-09-01");
  EXPECT_EQ(base::to_text(start_of({2026, 9, 1}, seoul())), "2026-08-31T15:00:00Z");
  EXPECT_EQ(base::to_text(end_of({2027, 2, 28}, seoul())), "2027-02-28T15:00:00Z");
  EXPECT_TRUE(at_midnight(at("2026-08-31T15:00:00Z"), seoul()));
  EXPECT_FALSE(at_midnight(at("2026-08-31T15:00:00.000001Z"), seoul()));
}

TEST(Zone, SummerTimeOf1988IsKnown) {
  EXPECT_EQ(offset_at(at("1988-05-07T16:59:59Z"), seoul()), 9 * 3600);
  EXPECT_EQ(offset_at(at("1988-05-07T17:00:00Z"), seoul()), 10 * 3600);
  EXPECT_EQ(base::to_text(start_of({1988, 7, 1}, seoul())), "1988-06-30T14:00:00Z");
}

TEST(Zone, StartOfIsTheFirstInstantOfItsDate) {
  for (base::Date date{1987, 1, 1}; date < base::Date{1989, 1, 1}; date = base::add_days(date, 1)) {
    const base::Instant start = start_of(date, seoul());
    ASSERT_EQ(local_date(start, seoul()), date);
    ASSERT_LT(local_date(base::Instant{start.us - 1}, seoul()), date);
    ASSERT_TRUE(at_midnight(start, seoul()));
  }
}

// Clocks that skip midnight (0:00 becomes 1:00) and that repeat it (0:00 becomes 23:00).
TEST(Zone, MidnightMayBeSkippedOrRepeated) {
  const Zone skips{"Test/Skips", 0, {{at("2026-03-01T00:00:00Z"), 3600}}};
  EXPECT_EQ(base::to_text(start_of({2026, 3, 1}, skips)), "2026-03-01T00:00:00Z");
  const Zone repeats{"Test/Repeats", 0, {{at("2026-10-01T00:00:00Z"), -3600}}};
  EXPECT_EQ(base::to_text(start_of({2026, 10, 1}, repeats)), "2026-10-01T01:00:00Z");
  EXPECT_EQ(base::to_text(start_of({2026, 9, 30}, repeats)), "2026-09-30T00:00:00Z");
}

TEST(Zone, BeforeTheEpochWorksToo) {
  EXPECT_EQ(base::to_text(local_date(base::Instant{-1}, utc())), "1969-12-31");
  EXPECT_EQ(local_time(base::Instant{-1}, utc()).microsecond_of_day, 86'399'999'999);
}

TEST(Zone, NamesAreFound) {
  EXPECT_EQ(find_zone("Asia/Seoul")->name, "Asia/Seoul");
  EXPECT_EQ(find_zone("UTC")->name, "UTC");
  EXPECT_FALSE(find_zone("Mars/Olympus"));
}

}  // namespace
}  // namespace dure::calendar
