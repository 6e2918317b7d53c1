// What becomes of a replica that passes its share by: reported, or stopped with that as its failure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/testing/stage.h"

namespace dure::node {
namespace {

using model::Desired;

class KeeperBypass : public testing::Test {
 protected:
  void begin(bool stop) {
    stage.fall();
    stage.stop_on_bypass = stop;
    stage.compare = [this](std::vector<gpu::WatchedContainer> running) {
      watched = std::move(running);
      return found;
    };
    stage.rise();
    stage.books.order(1);
    ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value() && stage.runs(1); }));
    stage.step();
  }
  gpu::Finding finding(const std::string& replica) {
    return {"GPU-1", replica, base::Reason("share.process_not_in_books").with("pid", 4242),
            stage.clock.now().wall};
  }
  model::NodeReport report() { return stage.keeper->report(); }

  std::vector<gpu::WatchedContainer> watched;
  std::vector<gpu::Finding> found;
  Stage stage{Scratch::kMemory};
};

TEST_F(KeeperBypass, P3_IsReportedAndGoesOnWhereThatIsWhatTheOperatorChose) {
  begin(false);
  ASSERT_EQ(watched.size(), 1u);
  EXPECT_EQ(watched[0].replica_id, test_uuid(1));
  found = {finding(test_uuid(1)), finding("")};
  for (int n = 0; n < 50; ++n) stage.step();
  EXPECT_TRUE(stage.runs(1));
  const auto said = report();
  ASSERT_EQ(said.findings.size(), 2u);
  EXPECT_EQ(said.findings[0].reason.code, "share.process_not_in_books");
  EXPECT_FALSE(said.findings[0].stopped);
  found.clear();
  stage.step();
  EXPECT_TRUE(report().findings.empty()) << "it is over";
}

TEST_F(KeeperBypass, P3_IsStoppedAndEndsWithTheReason) {
  begin(true);
  found = {finding(test_uuid(1))};
  std::optional<model::FindingReport> told;
  ASSERT_TRUE(stage.until([&] {
    const auto said = report();
    if (!said.findings.empty() && !stage.books.ended(1)) told = said.findings.front();
    if (!stage.runs(1)) found.clear();  // nobody is left to be found
    return stage.books.ended(1).has_value();
  }));
  ASSERT_TRUE(told) << "the centre hears of it before it hears of the end";
  EXPECT_TRUE(told->stopped);
  const auto end = *stage.books.ended(1);
  ASSERT_TRUE(end.failure.has_value());
  EXPECT_EQ(end.failure->code, "share.process_not_in_books");
  EXPECT_TRUE(end.exit_code.has_value()) << "it ran, and is charged for it";
  EXPECT_TRUE(stage.until([&] { return !stage.exists(1); }));
  EXPECT_TRUE(stage.until([&] { return report().findings.empty(); })) << "forgotten with the replica";
  EXPECT_EQ(stage.engine.starts(test_uuid(1)), 1);
}

TEST_F(KeeperBypass, AForeignProcessStopsNobody) {
  begin(true);
  found = {finding(""), finding(test_uuid(2))};
  for (int n = 0; n < 50; ++n) stage.step();
  EXPECT_TRUE(stage.runs(1));
  stage.books.edit(1).desired = Desired::kStopped;
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1).has_value(); }));
  EXPECT_FALSE(stage.books.ended(1)->failure.has_value());
}

}  // namespace
}  // namespace dure::node
