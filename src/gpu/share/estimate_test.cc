// How long launches are expected to take.
#include "gpu/share/estimate.h"

#include <gtest/gtest.h>

#include <bit>
#include <memory>
#include <set>

namespace dure::gpu::share {
namespace {

Work work_of(std::uintptr_t function, unsigned blocks, unsigned shared = 0) {
  return kernel_work(std::bit_cast<CUfunction>(function), {{blocks, 1, 1}, {256, 1, 1}, shared});
}

TEST(Estimates, AFunctionThatWasNeverLaunchedIsUnknown) {
  const auto estimates = std::make_unique<Estimates>();
  EXPECT_FALSE(estimates->find(work_of(1, 8)).known);
  EXPECT_FALSE(estimates->find(graph_work(reinterpret_cast<CUgraphExec>(1))).known);
}

TEST(Estimates, TheMeanOfWhatWasMeasuredIsFollowed) {
  const auto estimates = std::make_unique<Estimates>();
  estimates->learn(work_of(1, 8), 50'000);
  EXPECT_EQ(estimates->find(work_of(1, 8)).device_ns, 50'000u);
  for (int i = 0; i < 60; ++i) estimates->learn(work_of(1, 8), 80'000);
  EXPECT_NEAR(static_cast<double>(estimates->find(work_of(1, 8)).device_ns), 80'000, 100);
}

// Key of the study, finding 3: a thread block says nothing of a kernel's length. Grid, block and shared
// memory do.
TEST(Estimates, ShapesAreToldApart) {
  const auto estimates = std::make_unique<Estimates>();
  estimates->learn(work_of(1, 8), 10'000);
  estimates->learn(work_of(1, 8, 4096), 90'000);
  EXPECT_EQ(estimates->find(work_of(1, 8)).device_ns, 10'000u);
  EXPECT_EQ(estimates->find(work_of(1, 8, 4096)).device_ns, 90'000u);
  std::set<std::uint64_t> keys;
  for (unsigned axis = 0; axis < 3; ++axis)
    for (const unsigned size : {2U, 3U, 128U}) {
      Shape grid = {{1, 1, 1}, {1, 1, 1}, 0};
      Shape block = grid;
      grid.grid[axis] = size;
      block.block[axis] = size;
      keys.insert(kernel_work(reinterpret_cast<CUfunction>(1), grid).key);
      keys.insert(kernel_work(reinterpret_cast<CUfunction>(1), block).key);
    }
  EXPECT_EQ(keys.size(), 18u);
}

TEST(Estimates, ANewShapeIsEstimatedByTheFunctionsBlocks) {
  const auto estimates = std::make_unique<Estimates>();
  estimates->learn(work_of(1, 100), 200'000);
  const Estimate other = estimates->find(work_of(1, 300));
  EXPECT_TRUE(other.known);
  EXPECT_NEAR(static_cast<double>(other.device_ns), 600'000, 600);
}

TEST(Estimates, AFullTableForgetsAndNeverFails) {
  const auto estimates = std::make_unique<Estimates>();
  for (std::uintptr_t function = 64; function < 20'000; ++function) {
    estimates->learn(work_of(function, 8), function);
    ASSERT_EQ(estimates->find(work_of(function, 8)).device_ns, function);
  }
}

// Else a batch of what takes nothing would never be full.
TEST(Estimates, NothingTakesNoTimeAtAll) {
  const auto estimates = std::make_unique<Estimates>();
  estimates->learn(work_of(1, 1), 0);
  EXPECT_GT(estimates->find(work_of(1, 1)).device_ns, 0u);
}

TEST(Estimates, WhatIsInDoubtIsUnknownUntilItIsMeasured) {
  const auto estimates = std::make_unique<Estimates>();
  const Work graph = graph_work(reinterpret_cast<CUgraphExec>(64));
  estimates->doubt(graph);  // not there
  EXPECT_FALSE(estimates->find(graph).known);
  estimates->learn(graph, 5'000'000);
  EXPECT_TRUE(estimates->find(graph).known);
  estimates->doubt(graph);
  EXPECT_FALSE(estimates->find(graph).known);
  EXPECT_EQ(estimates->find(graph).device_ns, 5'000'000u);  // still the best guess
  estimates->learn(graph, 9'000'000);
  EXPECT_TRUE(estimates->find(graph).known);
  EXPECT_EQ(estimates->find(graph).device_ns, 9'000'000u);  // and no part of the mean
}

TEST(Estimates, AHugeGridIsNoOverflow) {
  const auto estimates = std::make_unique<Estimates>();
  estimates->learn(work_of(1, 1), ~std::uint64_t{0});
  const Shape huge = {{2'147'483'647, 65'535, 65'535}, {1, 1, 1}, 0};
  EXPECT_FALSE(estimates->find(kernel_work(reinterpret_cast<CUfunction>(1), huge)).known);
}

}  // namespace
}  // namespace dure::gpu::share
