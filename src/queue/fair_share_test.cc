#include "queue/fair_share.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "queue/fair_share_fixture.h"

namespace dure::queue {
namespace {

constexpr base::Instant at_s(std::int64_t seconds) {
  return {seconds * 1'000'000};
}

TEST(FairShare, UsageIsWhatWasHeldTimesHowLong) {
  FairShare shares(base::Span{}, base::Span::seconds(60));
  const std::size_t lab = shares.add(FairShare::kRoot, 1);
  const std::size_t ann = shares.add(lab, 1);
  const std::size_t bea = shares.add(lab, 1);
  shares.hold(ann, {500}, at_s(100));
  shares.hold(bea, {1000}, at_s(105));
  shares.hold(ann, {-500}, at_s(110));
  EXPECT_EQ(shares.usage(ann, at_s(200)), 500 * 10);
  EXPECT_EQ(shares.usage(bea, at_s(200)), 1000 * 95);
  EXPECT_EQ(shares.usage(lab, at_s(200)), 500 * 10 + 1000 * 95);
  EXPECT_EQ(shares.held(lab).value, 1000);
  EXPECT_TRUE(shares.measure(bea, at_s(200)) == held_for(1000, (95 + 60) * 1'000'000)) << "with what is held";
}

TEST(FairShare, AChargeDecaysFromItsMoment) {
  FairShare shares(base::Span::days(7), base::Span{});
  const std::size_t ann = shares.add(FairShare::kRoot, 1);
  shares.charge(ann, 1024, at_s(0));
  EXPECT_EQ(shares.usage(ann, at_s(0)), 1024);
  EXPECT_EQ(shares.usage(ann, at_s(0) + base::Span::days(7)), 512);
  EXPECT_EQ(shares.usage(FairShare::kRoot, at_s(0) + base::Span::days(70)), 1);
}

TEST(FairShare, TimeDoesNotGoBack) {
  FairShare shares(base::Span{}, base::Span{});
  const std::size_t ann = shares.add(FairShare::kRoot, 1);
  shares.hold(ann, {10}, at_s(100));
  shares.hold(ann, {-10}, at_s(50));
  EXPECT_EQ(shares.usage(ann, at_s(0)), 0);
  shares.hold(ann, {10}, at_s(90));
  EXPECT_EQ(shares.usage(ann, at_s(103)), 30);
}

TEST(FairShare, AJumpOfTheClockBreaksNothing) {
  for (const base::Span half_life : {base::Span{}, base::Span::hours(1), base::Span{INT64_MAX}}) {
    FairShare shares(half_life, base::Span{INT64_MAX});
    const std::size_t ann = shares.add(FairShare::kRoot, 1000);
    const std::size_t bea = shares.add(FairShare::kRoot, 1);
    shares.hold(ann, {kMostHeld - 1}, {INT64_MIN});
    shares.charge(bea, INT64_MAX, {INT64_MIN});
    shares.hold(bea, {1}, {INT64_MAX});
    shares.hold(ann, {-5}, at_s(0));
    EXPECT_GT(shares.measure(ann, at_s(0)), 0);
    EXPECT_GT(shares.measure(FairShare::kRoot, at_s(0)), shares.measure(ann, at_s(0)));
    EXPECT_TRUE(shares.measure(FairShare::kRoot, at_s(0)) < Grains{1} << 126);
    EXPECT_GT(shares.usage(FairShare::kRoot, {INT64_MAX}), 0);
  }
}

TEST(FairShare, WhatAParentUsedAsALeafStaysItsOwn) {
  FairShare shares(base::Span{}, base::Span{});
  const std::size_t lab = shares.add(FairShare::kRoot, 1);
  shares.charge(lab, 7, at_s(0));
  const std::size_t ann = shares.add(lab, 1);
  shares.charge(ann, 5, at_s(0));
  EXPECT_EQ(shares.usage(lab, at_s(9)), 12);
  EXPECT_EQ(shares.usage(ann, at_s(9)), 5);
}

TEST(FairShareDeathTest, BrokenPromisesEndIt) {
  FairShare shares(base::Span{}, base::Span{});
  const std::size_t ann = shares.add(FairShare::kRoot, 1);
  EXPECT_DEATH(shares.add(FairShare::kRoot, 0), "broken promise");
  EXPECT_DEATH(shares.add(9, 1), "broken promise");
  EXPECT_DEATH(shares.hold(ann, {-1}, at_s(0)), "broken promise");
  EXPECT_DEATH(shares.hold(FairShare::kRoot, {1}, at_s(0)), "broken promise");
}

// Against the whole history by definition, in floating point; every node, also by its sum.
TEST(FairShareProperty, IsItsDefinition) {
  std::mt19937_64 dice(7);
  const auto from = [&](std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(dice() % (static_cast<std::uint64_t>(last - first) + 1));
  };
  constexpr std::int64_t kLives[] = {0, 1'000, 1'000'000, 3'600'000'000, 30 * 86'400'000'000};
  constexpr std::int64_t kGaps[] = {1'000, 5'000'000, 86'400'000'000, 365 * 86'400'000'000};
  for (int i = 0; i < 20'000; ++i) {
    Pair pair(kLives[from(0, 4)], from(0, 3) * 600'000'000);
    grow(pair, 14, 1000, from);
    for (std::int64_t round = from(1, 3); round > 0; --round) live(pair, from(1, 6), kGaps[from(0, 3)], from);
    const std::int64_t now = pair.now + from(0, kGaps[from(0, 3)]);
    for (std::size_t node = 0; node < pair.kept.size(); ++node) {
      ASSERT_EQ(pair.kept.held(node).value, pair.naive.held_below(node));
      const long double is = static_cast<long double>(pair.kept.measure(node, {now})) * 0x1p-16L;
      const long double wanted = pair.naive.measure(node, now);
      ASSERT_LE(std::abs(is - wanted), wanted * 0x1p-45L + 0x1p-8L) << "case " << i << ", node " << node;
      const long double usage = pair.naive.usage(node, now);
      ASSERT_NEAR(static_cast<double>(pair.kept.usage(node, {now})), static_cast<double>(usage / 1e6L),
                  1.0 + static_cast<double>(usage) * 0x1p-50)
          << "case " << i << ", node " << node;
    }
  }
}

// Against plain products, where those fit.
TEST(LessShareProperty, IsTheCrossProduct) {
  std::mt19937_64 dice(11);
  const auto any = [&](unsigned bits) {
    return static_cast<std::int64_t>((dice() >> 1) >> (63 - dice() % bits));
  };
  int equals = 0;
  for (int i = 0; i < 100'000; ++i) {
    Grains a = static_cast<Grains>(any(63)) << (dice() % 32);
    std::int64_t wa = 1 + any(30);
    Grains b = static_cast<Grains>(any(63)) << (dice() % 32);
    std::int64_t wb = 1 + any(30);
    if (i % 4 == 0) {  // the same share
      b = a / 64 * wb;
      a = a / 64 * wa;
      wa *= static_cast<std::int64_t>(1 + dice() % 2);
    }
    if (a >= Grains{1} << 96 || b >= Grains{1} << 96) continue;
    equals += a * wb == b * wa;
    ASSERT_EQ(less_share(a, wa, b, wb), a * wb < b * wa) << "case " << i;
  }
  EXPECT_GT(equals, 5'000);
  // Where they do not: 2^125 / (2^63 - 1) against its neighbours.
  const Grains huge = Grains{1} << 125;
  EXPECT_TRUE(less_share(huge, INT64_MAX, huge + 1, INT64_MAX));
  EXPECT_FALSE(less_share(huge, INT64_MAX, huge, INT64_MAX));
  EXPECT_TRUE(less_share(huge, INT64_MAX, huge, INT64_MAX - 1));
}

}  // namespace
}  // namespace dure::queue
