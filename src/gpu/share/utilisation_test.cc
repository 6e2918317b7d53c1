// How busy a process was, by its published intervals, against adding up every one of them.
#include "gpu/share/utilisation.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace dure::gpu::share {
namespace {

constexpr uint64_t kMs = 1'000'000;

struct Interval {
  uint64_t from, to;
  uint32_t charged;
};

void publish(dure_process_work& work, const Interval& one) {
  work.interval[work.intervals++ % DURE_INTERVALS] = dure_pack_interval(one.from, one.to, one.charged);
  work.newest_end_ns = one.to;
}

TEST(Utilisation, AgreesWithTheSumOverAllIntervals) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 500; ++round) {
    const auto work = std::make_unique<dure_process_work>();
    std::vector<Interval> all;
    uint64_t at = (random() % 1000 + 1) * 1'000 * kMs;
    const uint64_t count = random() % 400, scale = 1 + random() % 20;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t from = at + random() % (scale * 100'000) / 16 * 16;
      at = from + (1 + random() % (scale * 100'000)) / 16 * 16;
      all.push_back({from, at, static_cast<uint32_t>(random() % 1001)});
      publish(*work, all.back());
    }
    const uint64_t now = at + random() % (300 * kMs), window = (1 + random() % 500) * kMs;
    double device = 0;
    for (const Interval& one : all) {
      const uint64_t from = std::max(one.from, now - window), to = std::min(one.to, now);
      if (from < to) device += static_cast<double>(to - from) * one.charged / 1000;
    }
    EXPECT_NEAR(static_cast<double>(device_time_ppm(*work, 1000, window, now)),
                device / static_cast<double>(window) * 1e6, 200);
  }
}

// The ring keeps 512: where it does not reach back far enough, the time that it covers counts.
TEST(Utilisation, OfAFullRingTheTimeIsThatWhichItCovers) {
  const auto work = std::make_unique<dure_process_work>();
  uint64_t at = 50'000 * kMs;
  for (int i = 0; i < 2000; ++i, at += 100'000) publish(*work, {at, at + 50'000, 1000});
  EXPECT_NEAR(static_cast<double>(device_time_ppm(*work, 1000, 500 * kMs, at)), 500'000, 2'000);
}

// An interval says when it ended modulo 17 s only: one of long ago is not of now.
TEST(Utilisation, WhatEndedLongAgoDoesNotCount) {
  const auto work = std::make_unique<dure_process_work>();
  const uint64_t at = 50'000 * kMs;
  publish(*work, {at, at + 200 * kMs, 1000});
  constexpr uint64_t kTurn = (uint64_t{1} << 30) * DURE_TICK_NS;
  EXPECT_EQ(device_time_ppm(*work, 1000, 500 * kMs, at + 210 * kMs), 400'000u);
  EXPECT_EQ(device_time_ppm(*work, 1000, 500 * kMs, at + 210 * kMs + kTurn), 0u);
}

TEST(Utilisation, AKernelThatHasNotEndedCounts) {
  const auto work = std::make_unique<dure_process_work>();
  work->pending_from_ns = 50'000 * kMs;
  EXPECT_EQ(device_time_ppm(*work, 500, 500 * kMs, 50'250 * kMs), 250'000u);
  EXPECT_EQ(device_time_ppm(*work, 500, 500 * kMs, 60'000 * kMs), 500'000u);
}

TEST(Utilisation, IsOfWhatTheContainerMayUse) {
  const auto limits = std::make_unique<dure_limits>();
  limits->card[0].guaranteed_milli = 250;
  EXPECT_EQ(percent_of_share(125'000, limits.get(), 0), 50u);
  EXPECT_EQ(percent_of_share(900'000, limits.get(), 0), 100u);
  limits->pace[0].rate_milli = 500;
  EXPECT_EQ(percent_of_share(125'000, limits.get(), 0), 25u);
  EXPECT_EQ(percent_of_share(125'000, limits.get(), 1), 12u) << "nothing is said: of the card";
}

}  // namespace
}  // namespace dure::gpu::share
