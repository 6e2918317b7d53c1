#include "fleet/run_length.h"

#include <gtest/gtest.h>

namespace dure::fleet {
namespace {

constexpr base::Instant kNow{1'000'000'000'000};
const StartReading kStart{"boot-1", 5'000'000};

TEST(RunLength, IsThatOfTheNodesOwnClock) {
  EXPECT_EQ(run_length(kStart, {"boot-1", 65'000'000, kNow}, kNow), base::Span::seconds(60));
  EXPECT_EQ(run_length(kStart, {"boot-1", 65'000'000, kNow}, kNow + base::Span::seconds(2)),
            base::Span::seconds(62));
  EXPECT_EQ(run_length(kStart, {"boot-1", 4'000'000, kNow}, kNow), base::Span{});
}

TEST(RunLength, AStepOfTheWallClockChangesItByAGuessAtMost) {
  const NodeReading reading{"boot-1", 65'000'000, kNow};
  EXPECT_EQ(run_length(kStart, reading, kNow + base::Span::hours(8)), base::Span::seconds(60) + kMostGuess);
  EXPECT_EQ(run_length(kStart, reading, kNow - base::Span::hours(8)), base::Span::seconds(60));
}

TEST(RunLength, IsUnknownAfterTheNodeStartedAnew) {
  EXPECT_FALSE(run_length(kStart, {"boot-2", 65'000'000, kNow}, kNow));
}

}  // namespace
}  // namespace dure::fleet
