#include "queue/decay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace dure::queue {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;  // us

Decay decay(std::int64_t half_life_us) {
  return Decay(base::Span{half_life_us});
}

TEST(Decay, HalvesEveryHalfLife) {
  const Grains used = Grains{1} << 60;
  EXPECT_TRUE(decay(kHour).after(used, 0, 0) == used);
  EXPECT_TRUE(decay(kHour).after(used, 0, kHour) == used / 2);
  EXPECT_TRUE(decay(kHour).after(used, 0, 10 * kHour) == used / 1024);
  EXPECT_TRUE(decay(kHour).after(used, 0, 400 * kHour) == 0);
}

TEST(Decay, WithoutAHalfLifeNothingIsForgotten) {
  EXPECT_TRUE(decay(0).after(7, 3, 1'000) == 7 + (Grains{3'000} << kGrainBits));
}

// A card held for ever counts as one that was held for 1/ln 2 half lives.
TEST(Decay, WhatIsHeldForEverStandsStill) {
  const Grains steady = decay(kHour).after(0, 1000, 1'000 * kHour);
  EXPECT_TRUE(decay(kHour).after(steady, 1000, 12'345'678'901) - steady <= 4 &&
              decay(kHour).after(steady, 1000, 12'345'678'901) - steady >= -4);
  EXPECT_NEAR(static_cast<double>(steady >> kGrainBits), 1000.0 * kHour / std::log(2.0), 10.0);
}

// Against the formula in floating point of 64 bits, with lengths of every order.
TEST(DecayProperty, IsTheFormula) {
  std::mt19937_64 dice(1);
  const auto any = [&](int bits) { return static_cast<std::int64_t>((dice() >> 1) >> (63 - dice() % bits)); };
  const long double ln2 = std::log(2.0L);
  for (int i = 0; i < 100'000; ++i) {
    const std::int64_t half_life = 1 + any(50);
    const std::int64_t us = any(55);
    const std::int64_t held = any(40);
    const Grains used = static_cast<Grains>(any(63)) << (dice() % 40);
    const Grains is = decay(half_life).after(used, held, static_cast<std::uint64_t>(us));
    const long double x = static_cast<long double>(us) / static_cast<long double>(half_life);
    const long double kept = static_cast<long double>(used) * std::exp2(-x);
    const long double gained = static_cast<long double>(held) * static_cast<long double>(half_life) / ln2 *
                               -std::expm1(-x * ln2) * 0x1p16L;
    // The oracle's own power loses the bits of x before its point.
    const long double wanted = kept + gained;
    const long double bound = gained * 0x1p-58L + kept * (0x1p-58L + x * 0x1p-63L) + 4;
    ASSERT_LE(std::abs(static_cast<long double>(is) - wanted), bound)
        << "case " << i << ": half life " << half_life << ", " << us << " us, held " << held;
  }
}

// A year in steps of a minute and at once: 525,600 roundings stay below 2^-38.
TEST(DecayProperty, StepsAddUp) {
  const std::int64_t minute = 60'000'000;
  const std::int64_t minutes = 525'600;
  for (const std::int64_t half_life : {0L, minute / 7, kHour, 24 * 7 * kHour, 365 * 24 * kHour}) {
    Grains stepped = Grains{1} << 90;
    for (std::int64_t i = 0; i < minutes; ++i)
      stepped = decay(half_life).after(stepped, 37, static_cast<std::uint64_t>(minute));
    const Grains once =
        decay(half_life).after(Grains{1} << 90, 37, static_cast<std::uint64_t>(minute * minutes));
    const Grains off = stepped > once ? stepped - once : once - stepped;
    EXPECT_TRUE(off <= (once >> 38) + 4) << half_life;
  }
}

TEST(DecayProperty, NoLengthOfTimeOverflows) {
  const Grains much = Grains{1} << 125;
  for (const std::int64_t half_life : {std::int64_t{0}, std::int64_t{1}, kHour, INT64_MAX})
    for (const std::uint64_t us :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{kHour}, std::uint64_t{INT64_MAX}, UINT64_MAX}) {
      const Grains held = decay(half_life).after(0, kMostHeld, us);
      EXPECT_TRUE(held >= 0 && held <= held_for(kMostHeld, us)) << half_life << " " << us;
      const Grains kept = decay(half_life).after(much, 0, us);
      EXPECT_TRUE(kept >= 0 && kept <= much) << half_life << " " << us;
    }
}

}  // namespace
}  // namespace dure::queue
