// P13: hours of the day in which nothing is sent.
#include "calendar/quiet_hours.h"

#include <gtest/gtest.h>

#include <random>

#include "calendar/test_instants.h"

namespace dure::calendar {
namespace {

TEST(QuietHours, P13_OverMidnightTheyEndInTheMorning) {
  const QuietHours night{22 * 60, 7 * 60};
  EXPECT_EQ(after_quiet_hours(at("2026-09-01T23:30:00+09:00"), night, seoul()),
            at("2026-09-02T07:00:00+09:00"));
  EXPECT_EQ(after_quiet_hours(at("2026-09-02T06:59:59+09:00"), night, seoul()),
            at("2026-09-02T07:00:00+09:00"));
  EXPECT_EQ(after_quiet_hours(at("2026-09-02T07:00:00+09:00"), night, seoul()),
            at("2026-09-02T07:00:00+09:00"));
  EXPECT_EQ(after_quiet_hours(at("2026-09-01T21:59:59+09:00"), night, seoul()),
            at("2026-09-01T21:59:59+09:00"));
  EXPECT_EQ(after_quiet_hours(at("2026-09-01T22:00:00+09:00"), night, seoul()),
            at("2026-09-02T07:00:00+09:00"));
}

TEST(QuietHours, P13_WithinADayAndOfNoLength) {
  EXPECT_EQ(after_quiet_hours(at("2026-09-01T12:10:00+09:00"), {12 * 60, 13 * 60}, seoul()),
            at("2026-09-01T13:00:00+09:00"));
  EXPECT_FALSE(is_quiet(at("2026-09-01T12:10:00+09:00"), {600, 600}, seoul()));
  EXPECT_FALSE(is_quiet(at("2026-09-01T10:00:00+09:00"), {600, 600}, seoul()));
}

// Against the plain reading: minute by minute.
TEST(QuietHours, P13_TheEndIsTheFirstMinuteThatIsNotQuiet) {
  std::mt19937_64 random(52);
  for (int i = 0; i < 300; ++i) {
    const QuietHours hours{static_cast<std::int64_t>(random() % 1440),
                           static_cast<std::int64_t>(random() % 1440)};
    const base::Instant now{static_cast<std::int64_t>(random() % (40LL * 365 * 86'400)) * 1'000'000};
    base::Instant expected = now;
    while (is_quiet(expected, hours, seoul())) {
      const auto of_day = local_time(expected, seoul()).microsecond_of_day;
      expected = expected + base::Span{60'000'000 - of_day % 60'000'000};
    }
    ASSERT_EQ(after_quiet_hours(now, hours, seoul()), expected)
        << hours.from << " " << hours.until << " " << base::to_text(now);
  }
}

// The summer time of 1988 took an hour away on 8 May and gave it back on 9 October.
TEST(QuietHours, P13_SummerTimeMovesTheEndWithTheClockOnTheWall) {
  for (const char* night : {"1988-05-07T22:30:00+09:00", "1988-10-08T22:30:00+10:00"}) {
    const auto end = after_quiet_hours(at(night), {22 * 60, 7 * 60}, seoul());
    EXPECT_EQ(local_time(end, seoul()).microsecond_of_day, 7LL * 3600 * 1'000'000) << night;
    EXPECT_FALSE(is_quiet(end, {22 * 60, 7 * 60}, seoul()));
  }
}

}  // namespace
}  // namespace dure::calendar
