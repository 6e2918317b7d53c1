#include <gtest/gtest.h>

#include "base/id.h"
#include "base/quantity.h"
#include "base/result.h"
#include "base/time.h"

namespace dure::base {
namespace {

TEST(Id, IsAUuidOfVersionSevenAndSortsByTime) {
  const std::array<std::uint8_t, 10> ones{255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  const auto early = make_uuid7(1000, ones);
  const auto late = make_uuid7(1001, {});
  EXPECT_TRUE(is_uuid(early));
  EXPECT_EQ(early[14], '7');
  EXPECT_LT(early, late);
  EXPECT_FALSE(is_uuid("not-an-id"));
}

TEST(Time, DatesGoThereAndBackOverFourCenturies) {
  for (std::int64_t day = -80'000; day < 80'000; ++day) {
    const Date date = from_days(day);
    ASSERT_TRUE(valid(date));
    ASSERT_EQ(to_days(date), day);
    ASSERT_EQ(parse_date(to_text(date)), date);
  }
  EXPECT_EQ(weekday({2026, 11, 22}), 0);
}

TEST(Time, InstantsReadRfc3339AndRefuseTheRest) {
  EXPECT_EQ(to_text(Instant{1'000'000}), "1970-01-01T00:00:01Z");
  EXPECT_EQ(to_text(*parse_instant("2026-09-01T09:00:00.25+09:00")), "2026-09-01T00:00:00.250000Z");
  EXPECT_EQ(to_text(Instant{-1}), "1969-12-31T23:59:59.999999Z");
  for (const char* bad : {"", "2026-09-01", "2026-09-01T00:00:00", "2026-02-30T00:00:00Z",
                          "2026-09-01T24:00:00Z", "2026-09-01T00:00:00.Z", "2026-09-01T00:00:00Zx"})
    EXPECT_FALSE(parse_instant(bad)) << bad;
}

TEST(Quantity, MultiplyDivideIsExactBeyondSixtyFourBits) {
  EXPECT_EQ(multiply_divide(9'000'000'000'000'000, 3'333'000, 10'000'000'000), 2'999'700'000'000);
  EXPECT_EQ(multiply_divide(-1, 1, 2), -1);
}

Result<int> half(int n) {
  if (n % 2) return invalid(Reason("test.odd").with("n", n));
  return n / 2;
}
Result<int> quarter(int n) {
  DURE_LET(first, half(n));
  return half(first);
}

TEST(Result, CarriesTheFailureThroughTheChain) {
  EXPECT_EQ(*quarter(12), 3);
  const auto refused = quarter(6);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().reason.code, "test.odd");
  EXPECT_EQ(std::get<std::int64_t>(*refused.failure().reason.find("n")), 3);
}

}  // namespace
}  // namespace dure::base
