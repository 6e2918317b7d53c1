#include "fleet/run_length.h"

#include <gtest/gtest.h>

namespace dure::fleet {
namespace {

constexpr base::Instant kReadAt{1'000'000'000'000};
const StartReading kStartRead{"boot-1", 5'000'000};

TEST(RunLength, IsThatOfTheNodesOwnClock) {
  EXPECT_EQ(run_length(kStartRead, {"boot-1", 65'000'000, kReadAt}, kReadAt), base::Span::seconds(60));
  EXPECT_EQ(run_length(kStartRead, {"boot-1", 65'000'000, kReadAt}, kReadAt + base::Span::seconds(2)),
            base::Span::seconds(62));
  EXPECT_EQ(run_length(kStartRead, {"boot-1", 4'000'000, kReadAt}, kReadAt), base::Span{});
}

TEST(RunLength, AStepOfTheWallClockChangesItByAGuessAtMost) {
  const NodeReading reading{"boot-1", 65'000'000, kReadAt};
  EXPECT_EQ(run_length(kStartRead, reading, kReadAt + base::Span::hours(8)),
            base::Span::seconds(60) + kMostGuess);
  EXPECT_EQ(run_length(kStartRead, reading, kReadAt - base::Span::hours(8)), base::Span::seconds(60));
}

TEST(RunLength, IsUnknownAfterTheNodeStartedAnew) {
  EXPECT_FALSE(run_length(kStartRead, {"boot-2", 65'000'000, kReadAt}, kReadAt));
}

}  // namespace
}  // namespace dure::fleet
