// What of the elapsed time on a shared card was whose.
#include "gpu/node/settle.h"

#include <gtest/gtest.h>

#include <random>

namespace dure::gpu {
namespace {

TEST(Settle, AloneAllOfItIsOnesOwn) {
  const auto settled = settle(std::vector<Sharer>{{0, {{100, 300, 1000}}}}, 1, 0, 1000);
  EXPECT_EQ(settled[0].elapsed_ns, 200u);
  EXPECT_EQ(settled[0].device_milli_ns, 200'000u);
  EXPECT_EQ(settled[0].charged_milli_ns, 200'000u);
}

TEST(Settle, TwoAtOnceHaveHalfEach) {
  const std::vector<Sharer> sharers = {{0, {{100, 300, 1000}}}, {1, {{200, 400, 500}}}};
  const auto settled = settle(sharers, 2, 0, 1000);
  EXPECT_EQ(settled[0].device_milli_ns, 150'000u);
  EXPECT_EQ(settled[1].device_milli_ns, 150'000u);
  EXPECT_EQ(settled[1].charged_milli_ns, 100'000u);
}

// Two processes of one container have two turns of three.
TEST(Settle, ProcessesOfOneContainerHaveATurnEach) {
  const std::vector<Sharer> sharers = {{0, {{0, 300, 1000}}}, {0, {{0, 300, 1000}}}, {1, {{0, 300, 1000}}}};
  const auto settled = settle(sharers, 2, 0, 300);
  EXPECT_EQ(settled[0].device_milli_ns, 200'000u);
  EXPECT_EQ(settled[1].device_milli_ns, 100'000u);
}

TEST(Settle, WhatIsPresumedCountsForOthersAndIsKeptApart) {
  const std::vector<Sharer> sharers = {{0, {{0, 100, 1000}}}, {1, {{0, 100, 0, true}}}};
  const auto settled = settle(sharers, 2, 0, 100);
  EXPECT_EQ(settled[0].device_milli_ns, 50'000u);
  EXPECT_EQ(settled[1].device_milli_ns, 0u);
  EXPECT_EQ(settled[1].elapsed_ns, 0u);
  EXPECT_EQ(settled[1].presumed_device_milli_ns, 50'000u);
}

// Against a look at every nanosecond.
TEST(Settle, AgreesWithALookAtEveryNanosecond) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    const std::size_t tenants = 1 + random() % 5;
    std::vector<Sharer> sharers(1 + random() % 7);
    for (auto& sharer : sharers) {
      sharer.tenant = random() % tenants;
      std::uint64_t at = random() % 100;
      for (unsigned i = random() % 8; i > 0; --i) {
        const std::uint64_t to = at + 1 + random() % 90;
        sharer.spans.push_back({at, to, static_cast<std::uint32_t>(random() % 1001), random() % 5 == 0});
        at = to + random() % 60;
      }
    }
    const std::uint64_t from = random() % 200;
    const std::uint64_t to = from + random() % 600;
    std::vector<Settled> expected(tenants);
    std::vector<double> device(tenants);
    double turn = 0;
    for (std::uint64_t ns = from; ns < to; ++ns) {
      std::vector<std::pair<const Sharer*, const BusySpan*>> busy;
      for (const auto& sharer : sharers)
        for (const auto& span : sharer.spans)
          if (span.from_ns <= ns && ns < span.to_ns) busy.emplace_back(&sharer, &span);
      turn += 1000.0 / static_cast<double>(std::max<std::size_t>(busy.size(), 1));
      for (const auto& [sharer, span] : busy) {
        if (span->presumed) continue;
        expected[sharer->tenant].elapsed_ns += 1;
        expected[sharer->tenant].charged_milli_ns += span->charged_milli;
        device[sharer->tenant] += 1000.0 / static_cast<double>(busy.size());
      }
    }
    std::uint64_t told_turn = 0;
    const auto settled = settle(sharers, tenants, from, to, &told_turn);
    ASSERT_NEAR(static_cast<double>(told_turn), turn, 100) << "seed " << seed;
    for (std::size_t i = 0; i < tenants; ++i) {
      ASSERT_EQ(settled[i].elapsed_ns, expected[i].elapsed_ns) << "seed " << seed;
      ASSERT_EQ(settled[i].charged_milli_ns, expected[i].charged_milli_ns) << "seed " << seed;
      // Of each stretch between two edges less than a thousandth of a nanosecond is lost, for each span over
      // it.
      ASSERT_NEAR(static_cast<double>(settled[i].device_milli_ns), device[i], 600) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace dure::gpu
