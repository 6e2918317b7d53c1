// Turns, against a sum over every nanosecond.
#include "gpu/node/turns.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace dure::gpu {
namespace {

TEST(Turns, OfATimeOfWhichNothingIsKnownItIsAllOfIt) {
  Turns turns;
  EXPECT_EQ(turns.between(100, 300), 200'000u);
  turns.add(1000, 2000, 500'000);
  EXPECT_EQ(turns.between(900, 1000), 100'000u);
  EXPECT_EQ(turns.between(900, 1200), 200'000u);
  EXPECT_EQ(turns.between(1900, 2100), 150'000u);
  EXPECT_EQ(turns.between(1500, 1500), 0u);
}

TEST(Turns, AgreesWithASumOverEveryNanosecond) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    Turns turns;
    std::vector<double> each;  // by nanosecond, from the first on
    const std::uint64_t first = 1'000'000 + random() % 1000;
    std::uint64_t at = first;
    for (unsigned i = 0; i < 1 + random() % 20; ++i) {
      const std::uint64_t to = at + random() % 300;
      const std::uint64_t turn = (to - at) * 1000 / (1 + random() % 200);
      turns.add(at, to, turn);
      for (std::uint64_t ns = at; ns < to; ++ns)
        each.push_back(static_cast<double>(turn) / static_cast<double>(to - at));
      at = to;
    }
    for (int n = 0; n < 20; ++n) {
      const std::uint64_t from = first - 50 + random() % (each.size() + 100);
      const std::uint64_t to = from + random() % 400;
      double expected = 0;
      for (std::uint64_t ns = from; ns < to; ++ns)
        expected += ns < first || ns >= at ? 1000 : each[ns - first];
      EXPECT_NEAR(static_cast<double>(turns.between(from, to)), expected, 5) << "seed " << seed;
    }
  }
}

TEST(Turns, KeepsAMinuteAndLittleMore) {
  Turns turns;
  const std::uint64_t ms = 1'000'000;
  for (std::uint64_t at = 0; at < 80'000; ++at) turns.add(at * ms, (at + 1) * ms, 10 * ms);  // of a hundred
  EXPECT_EQ(turns.between(20'000 * ms, 80'000 * ms), 600'000 * ms) << "60 s: 600 ms, in thousandths";
  EXPECT_EQ(turns.between(1000 * ms, 1001 * ms), 1000 * ms);
  turns.add(80'000 * ms, 1'000'000'000 * ms, 5);  // nobody was at work for eleven days
  EXPECT_EQ(turns.between(79'000 * ms, 79'001 * ms), 1000 * ms);
  turns.add(1'000'000'000 * ms, 1'000'000'001 * ms, 10 * ms);
  EXPECT_EQ(turns.between(1'000'000'000 * ms, 1'000'000'001 * ms), 10 * ms);
}

}  // namespace
}  // namespace dure::gpu
