// A container's bucket of device time.
#include "gpu/share/bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace dure::gpu::share {
namespace {

constexpr std::uint64_t kHour = 3'600'000'000'000;
constexpr std::uint64_t kMs = 1'000'000;

TEST(Bucket, IsOneWordThatLastsForYears) {
  const std::uint64_t seven_years = kHour * 24 * 365 * 7;
  const std::uint64_t word = pack_due(seven_years, 1000);
  EXPECT_EQ(due_of(word), seven_years);
  EXPECT_EQ(rate_of(word), 1000u);
}

TEST(Bucket, AnUnusedOneHasTheBurstAndNoMore) {
  std::uint64_t word = 0;
  EXPECT_EQ(charge_if_due(&word, kHour, 500, 0, 10 * kMs),
            0u);  // of 20 ms of credit: 10 ms of the device at 50 %
  EXPECT_EQ(due_of(word), kHour);
  EXPECT_EQ(charge_if_due(&word, kHour, 500, 0, kMs), 0u);  // no debt: it may begin
  EXPECT_EQ(charge_if_due(&word, kHour, 500, 0, kMs), kHour + 2 * kMs);
  EXPECT_EQ(due_of(word), kHour + 2 * kMs);  // refused: nothing was charged
}

TEST(Bucket, WhatWasMeasuredCorrectsWhatWasEstimated) {
  std::uint64_t word = pack_due(kHour, 100);
  settle_due(&word, kHour, 100, kHour, 3 * static_cast<std::int64_t>(kMs));
  EXPECT_EQ(due_of(word), kHour + 30 * kMs);
  settle_due(&word, kHour, 100, kHour, -1 * static_cast<std::int64_t>(kMs));
  EXPECT_EQ(due_of(word), kHour + 20 * kMs);
}

TEST(Bucket, ADebtIsTheSameDeviceTimeAtAnotherRate) {
  const std::uint64_t word = pack_due(kHour + 5000 * kMs, 10);  // 50 ms of the device
  EXPECT_EQ(due_of(refresh_due(word, kHour, 1000, kHour)), kHour + 50 * kMs);
  EXPECT_EQ(due_of(refresh_due(word, kHour, 10, kHour)), kHour + 5000 * kMs);
}

TEST(Bucket, WhoWaitsWhenTheRateChangesWaitsByTheNewOne) {
  std::uint64_t word = pack_due(kHour + 5000 * kMs, 10);
  EXPECT_EQ(charge_if_due(&word, kHour, 1000, kHour, kMs), kHour + 50 * kMs);
  EXPECT_EQ(charge_if_due(&word, kHour + 49 * kMs, 1000, kHour, kMs), kHour + 50 * kMs);
  EXPECT_EQ(charge_if_due(&word, kHour + 50 * kMs, 1000, kHour, kMs), 0u);
}

TEST(Bucket, ACreditIsTheSameDeviceTimeAtAnotherRate) {
  const std::uint64_t word = pack_due(kHour - 100 * kMs, 500);
  EXPECT_EQ(due_of(refresh_due(word, kHour, 1000, kHour)), kHour - 50 * kMs);
}

TEST(Bucket, WhoIsIdleSavesNoMoreThanTheBurst) {
  const std::uint64_t word = pack_due(kHour - 5 * kMs, 300);
  const std::uint64_t later = kHour + 10'000 * kMs;
  EXPECT_EQ(due_of(refresh_due(word, later, 300, kHour)), later - kBurstNs);
}

TEST(Bucket, WhoContendsKeepsWhatItCouldNotGet) {
  const std::uint64_t word = pack_due(kHour - 300 * kMs, 900);
  EXPECT_EQ(due_of(refresh_due(word, kHour, 900, kHour)), kHour - 300 * kMs);
  // A pause adds nothing to it …
  EXPECT_EQ(due_of(refresh_due(word, kHour + 10 * kMs, 900, kHour)), kHour + 10 * kMs - 300 * kMs);
  // … and one that is long ends it.
  const std::uint64_t later = kHour + kForgetNs + kMs;
  EXPECT_EQ(due_of(refresh_due(word, later, 900, kHour)), later - kBurstNs);
}

TEST(Bucket, NothingIsKeptForLongerThanTheDebtBound) {
  const std::uint64_t word = pack_due(kHour - 2000 * kMs, 900);
  EXPECT_EQ(due_of(refresh_due(word, kHour, 900, kHour)), kHour - kDebtNs);
}

// P1. A container alone on its card, whatever it launches and when: over any interval it is served no more
// than its rate, the burst and one kernel. Kernels run one after the other, as soon as they may begin.
TEST(Bucket, OverAnyIntervalServedIsAtMostRateAndBurstAndOneKernel) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    const auto rate = static_cast<std::uint32_t>(1 + random() % 999);
    const std::uint64_t longest = 1 + random() % (5 * kMs);
    std::uint64_t word = 0;
    std::uint64_t now = kHour;
    std::uint64_t busy_until = 0;
    struct Run {
      std::uint64_t from, to;
    };
    std::vector<Run> runs;
    for (int launch = 0; launch < 120; ++launch) {
      if (random() % 8 == 0) now += random() % (100 * kMs);
      const std::uint64_t device = 1 + random() % longest;
      const std::uint64_t estimate = 1 + random() % longest;
      while (const std::uint64_t due = charge_if_due(&word, now, rate, busy_until, estimate)) now = due + 1;
      runs.push_back({now, now + device});
      now = busy_until = now + device;
      settle_due(&word, now, rate, busy_until,
                 static_cast<std::int64_t>(device) - static_cast<std::int64_t>(estimate));
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
      std::uint64_t served = 0;
      for (std::size_t k = i; k < runs.size(); ++k) {
        served += runs[k].to - runs[k].from;
        const std::uint64_t span = runs[k].to - runs[i].from;
        // 16 ns and less are lost by the word at each change.
        const std::uint64_t slack = (k - i + 1) * 32;
        ASSERT_LE(served, (span + kBurstNs + slack) * rate / 1000 + longest + slack) << "seed " << seed;
      }
    }
  }
}

// The long-run share is exact, whatever is estimated.
TEST(Bucket, TheLongRunIsExactWhateverIsEstimated) {
  for (const std::uint32_t rate : {10U, 300U, 950U}) {
    std::mt19937_64 random(rate);
    std::uint64_t word = pack_due(kHour, rate);  // neither credit nor debt
    std::uint64_t now = kHour;
    std::uint64_t served = 0;
    for (int launch = 0; launch < 20'000; ++launch) {
      const std::uint64_t device = 30'000 + random() % 40'000;
      while (const std::uint64_t due = charge_if_due(&word, now, rate, now, 200'000)) now = due;
      now += device;
      served += device;
      settle_due(&word, now, rate, now, static_cast<std::int64_t>(device) - 200'000);
    }
    const double share = static_cast<double>(served) * 1000 / static_cast<double>(now - kHour);
    EXPECT_NEAR(share, rate, rate * 0.002 + 0.1);
  }
}

}  // namespace
}  // namespace dure::gpu::share
