#include "queue/defaults.h"

#include <gtest/gtest.h>

#include "placement/cluster_fixture.h"

namespace dure::queue {
namespace {

using placement::kGiB;

model::WorkloadSpec spec(std::int64_t blocks, std::int64_t cards = 0) {
  model::WorkloadSpec made;
  made.model = blocks + cards > 0 ? "t4" : "";
  made.blocks = blocks;
  made.cards = cards;
  return made;
}

TEST(Defaults, GoWithTheBlocks) {
  // 56 cores and 128 GiB for four cards: 14 cores and 32 GiB each.
  const auto portions = portions_of(placement::Cluster::from_rows(placement::room(1, 4)), "shared", "t4");
  ASSERT_EQ(portions.size(), 1u);
  EXPECT_EQ(with_defaults(spec(50), portions).cpu_milli, 7'000);
  EXPECT_EQ(with_defaults(spec(50), portions).memory.value, 16 * kGiB);
  EXPECT_EQ(with_defaults(spec(0, 2), portions).cpu_milli, 28'000);
  EXPECT_EQ(with_defaults(spec(0, 2), portions).memory.value, 64 * kGiB);
  EXPECT_TRUE(portions_of(placement::Cluster::from_rows(placement::room(1, 4)), "other", "t4").empty());
}

TEST(Defaults, F14_TheLeastOfWhatPolicyAwardAndMachineSay) {
  Ceiling allocation;
  allocation.gpu = base::MilliGpu::cards(2);
  allocation.memory = base::Bytes{20 * kGiB};
  const std::vector<Portion> portions{{base::MilliGpu::cards(1), 8'000, {64 * kGiB}},
                                      portion_of(allocation),
                                      portion_of(Ceiling{}),
                                      {base::MilliGpu::cards(4), 56'000, {128 * kGiB}}};
  EXPECT_EQ(with_defaults(spec(0, 1), portions).cpu_milli, 8'000) << "the policy's";
  EXPECT_EQ(with_defaults(spec(0, 1), portions).memory.value, 10 * kGiB) << "the allocation's";
}

TEST(Defaults, WhatIsAskedForStays) {
  model::WorkloadSpec wanted = spec(50);
  wanted.cpu_milli = 1;
  EXPECT_EQ(with_defaults(wanted, {}).cpu_milli, 1) << "and is refused by admit()";
  EXPECT_EQ(with_defaults(wanted, {}).memory.value, kGiB);
}

TEST(Defaults, ASmallShareStillRunsAShell) {
  const std::vector<Portion> small{{base::MilliGpu::cards(4), 2'000, {2 * kGiB}}};
  EXPECT_EQ(with_defaults(spec(1), small).cpu_milli, 100);
  EXPECT_EQ(with_defaults(spec(1), small).memory.value, 64LL << 20);
  EXPECT_EQ(with_defaults(spec(0), small).cpu_milli, 1'000) << "without a card";
}

}  // namespace
}  // namespace dure::queue
