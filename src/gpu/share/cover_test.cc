// The union of a process's busy spans.
#include "gpu/share/cover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace dure::gpu::share {
namespace {

std::uint64_t add(Cover& cover, std::uint64_t from, std::uint64_t to) {
  Span fresh[Cover::kSpans + 1];
  std::uint64_t sum = 0;
  for (unsigned i = 0, count = cover.add({from, to}, fresh); i < count; ++i)
    sum += fresh[i].to_ns - fresh[i].from_ns;
  return sum;
}

TEST(Cover, KernelsSideBySideCountOnce) {
  Cover cover;
  EXPECT_EQ(add(cover, 100, 200), 100u);
  EXPECT_EQ(add(cover, 150, 250), 50u);
  EXPECT_EQ(add(cover, 120, 180), 0u);
  EXPECT_EQ(add(cover, 300, 400), 100u);
  EXPECT_EQ(add(cover, 90, 500), 10u + 50u + 100u);
}

// Against a map of every nanosecond. Spans come in the order in which they end, as they are measured, more or
// less.
TEST(Cover, AgreesWithAMapOfEveryNanosecond) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    std::vector<bool> busy(4000);
    Cover cover;
    for (int i = 0; i < 60; ++i) {
      const std::uint64_t at = 50 * static_cast<unsigned>(i) + random() % 200;
      const std::uint64_t to = at + 1 + random() % 300;
      std::uint64_t fresh = 0;
      for (std::uint64_t ns = at; ns < to; ++ns) {
        if (!busy[ns]) ++fresh;
        busy[ns] = true;
      }
      ASSERT_EQ(add(cover, at, to), fresh) << "seed " << seed << ", span " << i;
    }
  }
}

TEST(Cover, WhatLiesBeforeAllThatIsRememberedIsBusy) {
  Cover cover;
  for (std::uint64_t i = 0; i <= Cover::kSpans; ++i) add(cover, 1000 + i * 10, 1005 + i * 10);
  EXPECT_EQ(add(cover, 0, 1005), 0u);
  EXPECT_EQ(add(cover, 1000, 1010 + 5), 5u);  // the pause between the first and the second
}

}  // namespace
}  // namespace dure::gpu::share
