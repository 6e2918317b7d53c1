#include "fleet/silence.h"

#include <gtest/gtest.h>

namespace dure::fleet {
namespace {

constexpr base::Instant kHeardAt{1'000'000'000'000};
constexpr base::Span kLimit = base::Span::seconds(30);

// One keeper, a look a second; nodes report once a second while they are up.
struct Stage {
  Silence silence;
  base::Instant now = kHeardAt;
  std::vector<NodeSight> nodes{{model::NodeId("n1"), kHeardAt}, {model::NodeId("n2"), kHeardAt}};

  std::vector<NodeSight> look() { return silence.look(nodes, now, kLimit); }
  // That many seconds pass; `who` reports in each of them.
  std::vector<NodeSight> pass(int seconds, const std::vector<std::size_t>& who) {
    std::vector<NodeSight> silent;
    for (int i = 0; i < seconds && silent.empty(); ++i) {
      now = now + base::Span::seconds(1);
      for (const std::size_t node : who) nodes[node].last_report_at = now;
      silent = look();
    }
    return silent;
  }
};

TEST(Silence, ANodeThatIsNotHeardForTheLimitIsSilent) {
  Stage stage;
  stage.look();
  EXPECT_TRUE(stage.pass(29, {0}).empty());
  const auto silent = stage.pass(1, {0});
  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent[0], stage.nodes[1]);
  stage.nodes[1].last_report_at = stage.now;
  EXPECT_TRUE(stage.pass(29, {0}).empty()) << "a report sets it back";
}

TEST(Silence, ANewKeeperGivesEverybodyHisTime) {
  Stage stage;
  stage.now = kHeardAt + base::Span::hours(1);
  EXPECT_TRUE(stage.look().empty());
  EXPECT_TRUE(stage.pass(29, {}).empty());
  EXPECT_EQ(stage.pass(1, {}).size(), 2u);
}

TEST(Silence, AfterASuspendOrAStepForwardNobodyIsLost) {
  Stage stage;
  stage.look();
  ASSERT_TRUE(stage.pass(20, {0, 1}).empty());
  stage.now = stage.now + base::Span::hours(8);
  EXPECT_TRUE(stage.look().empty()) << "the keeper's first look comes before the first report";
  EXPECT_TRUE(stage.pass(29, {0}).empty()) << "and each node has its whole time";
  EXPECT_EQ(stage.pass(1, {0}).size(), 1u) << "but not more than that";
}

TEST(Silence, AStepBackNeitherLosesALiveNodeNorHidesADeadOne) {
  Stage stage;
  stage.look();
  ASSERT_TRUE(stage.pass(20, {0, 1}).empty());
  stage.now = stage.now - base::Span::hours(8);
  EXPECT_TRUE(stage.look().empty());
  EXPECT_TRUE(stage.pass(29, {0}).empty());
  EXPECT_EQ(stage.pass(1, {0}).size(), 1u)
      << "its last report lies in the future, and it is silent all the same";
}

TEST(Silence, SlowRoundsStillFindADeadNode) {
  Stage stage;
  stage.look();
  std::size_t rounds = 0;
  for (; rounds < 20; ++rounds) {
    stage.now = stage.now + base::Span::seconds(15);
    stage.nodes[0].last_report_at = stage.now;
    if (!stage.look().empty()) break;
  }
  EXPECT_EQ(rounds, 3u) << "the first of such gaps may be a step; three more are 10 s each";
}

TEST(Silence, RoundsThatAreSlowNowAndThenStillFindADeadNode) {
  Stage stage;
  stage.look();
  std::size_t rounds = 0;
  for (; rounds < 40; ++rounds) {
    stage.now = stage.now + base::Span::seconds(rounds % 2 == 0 ? 15 : 1);
    stage.nodes[0].last_report_at = stage.now;
    if (!stage.look().empty()) break;
  }
  EXPECT_EQ(rounds, 6u) << "after the first: 1, 10, 1, 10, 1 and 10 seconds";
}

TEST(Silence, AnotherSuspendAfterAMinuteIsOneAgain) {
  Stage stage;
  stage.look();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(stage.pass(60, {0, 1}).empty());
    ASSERT_TRUE(stage.pass(25, {}).empty());
    stage.now = stage.now + base::Span::hours(8);
    EXPECT_TRUE(stage.look().empty());
  }
}

}  // namespace
}  // namespace dure::fleet
