#include "simulate/normal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace dure::simulate {
namespace {

std::vector<std::int64_t> many(std::uint64_t seed, int count) {
  Dice dice(seed);
  std::vector<std::int64_t> made;
  made.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) made.push_back(normal(dice));
  return made;
}

TEST(Normal, FollowsFromTheSeedAlone) {
  EXPECT_EQ(many(3, 100), many(3, 100));
  EXPECT_NE(many(3, 100), many(4, 100));
}

// Kolmogorov and Smirnov's distance from the normal distribution: above 1.95 / sqrt(n) once in a thousand.
TEST(Normal, IsDistributedAsItSays) {
  constexpr int kCount = 200'000;
  auto values = many(11, kCount);
  std::sort(values.begin(), values.end());
  double farthest = 0, sum = 0, squares = 0, fourths = 0;
  for (int i = 0; i < kCount; ++i) {
    const double z =
        static_cast<double>(values[static_cast<std::size_t>(i)]) / static_cast<double>(kFixedOne);
    const double below = 0.5 * std::erfc(-z / std::sqrt(2.0));
    farthest = std::max({farthest, std::abs(below - static_cast<double>(i) / kCount),
                         std::abs(below - static_cast<double>(i + 1) / kCount)});
    sum += z;
    squares += z * z;
    fourths += z * z * z * z;
  }
  EXPECT_LT(farthest, 1.95 / std::sqrt(kCount));
  EXPECT_NEAR(sum / kCount, 0, 0.01);
  EXPECT_NEAR(squares / kCount, 1, 0.01);
  EXPECT_NEAR(fourths / kCount, 3, 0.1);
}

TEST(PowerOfTwo, IsThatOfTheLibraryOfMathematics) {
  EXPECT_EQ(power_of_two(0), kFixedOne);
  EXPECT_EQ(power_of_two(3 * kFixedOne), 8 * kFixedOne);
  EXPECT_EQ(power_of_two(-kFixedOne), kFixedOne / 2);
  EXPECT_EQ(power_of_two(-32 * kFixedOne), 1);
  EXPECT_EQ(power_of_two(-33 * kFixedOne), 0);
  EXPECT_EQ(power_of_two(-1000 * kFixedOne), 0);
  EXPECT_EQ(power_of_two(21 * kFixedOne), kFixedOne << 21);
  EXPECT_EQ(power_of_two(1000 * kFixedOne), kFixedOne << 21);
  Dice dice(5);
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t x = static_cast<std::int64_t>(dice.roll() >> 26) - 16 * kFixedOne;  // -16 … 48
    const double expected =
        std::exp2(std::min(21.0, static_cast<double>(x) / static_cast<double>(kFixedOne))) *
        static_cast<double>(kFixedOne);
    ASSERT_NEAR(static_cast<double>(power_of_two(x)), expected, 1 + expected * 1e-13) << x;
  }
}

}  // namespace
}  // namespace dure::simulate
