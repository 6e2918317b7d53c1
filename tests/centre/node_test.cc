// Nodes that fall silent, come back, are drained, or say what cannot be: over the API, with one keeper whose
// rounds the test turns.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "centre/centre.h"
#include "centre/workspace.h"
#include "cli/api.h"
#include "commands/leases.h"
#include "server/loops/loops.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// A node with a workspace that runs, and a keeper.
struct NodeStage {
  Centre centre;
  Who user = centre.admit("hong01", 200);
  server::LoopBody keeper = server::keeper_body(centre.world());
  std::string workload;

  NodeStage() {
    centre.report_node();
    const auto started = start_workspace(centre, user, "w", 30);
    workload = started.id;
    centre.report_node({{"observations", json::array{observation(started.replica, "started", 1)}}});
    round();
  }

  void log_in_again() { centre.advance(base::Span{}); }
  Reply view() { return centre.get("/api/v1/workloads/" + workload, centre.operators); }
  std::string node(const std::string& field = "state") {
    return centre.get("/api/v1/nodes", centre.operators).text("items/0/" + field);
  }
  void command(const std::string& what) {
    const auto reply = centre.post("/api/v1/nodes/" + node("id") + "/" + what, centre.operators);
    ASSERT_EQ(reply.status, 200) << json::serialize(reply.body);
  }
  void round() {
    const auto lease = commands::acquire_lease(centre.world(), "keeper", "test", base::Span::seconds(15));
    ASSERT_TRUE(lease.ok() && lease->has_value());
    ASSERT_TRUE(keeper(**lease).ok());
  }
  // A second each.
  void rounds(int seconds, bool reporting) {
    for (int i = 0; i < seconds; ++i) {
      centre.clock.advance(base::Span::seconds(1));
      if (reporting) centre.report_node();
      round();
    }
  }
};

TEST(Nodes, P39_WhereANodeStandsIsShownAsItLastSaid) {
  NodeStage stage;
  EXPECT_EQ(stage.node("fabric_leaf"), "");
  stage.centre.report_node({{"fabric_leaf", "leaf-1"}, {"nvlink_island", "island-2"}});
  EXPECT_EQ(stage.node("fabric_leaf"), "leaf-1");
  EXPECT_EQ(stage.node("nvlink_island"), "island-2");
  stage.centre.report_node();
  EXPECT_EQ(stage.node("fabric_leaf"), "") << "one that no longer says so is in none";
}

TEST(Nodes, ANodeThatFallsSilentIsLostAndItsRunIsQueuedAgain) {
  NodeStage stage;
  stage.rounds(29, false);
  EXPECT_EQ(stage.node(), "ready");
  stage.rounds(1, false);
  EXPECT_EQ(stage.node(), "lost");
  EXPECT_EQ(stage.view().text("run/attempt"), "2");
  EXPECT_EQ(stage.view().text("run/state"), "queued");
  stage.centre.report_node();
  EXPECT_EQ(stage.node(), "ready");
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view().text("run/state"), "assigned") << "it came back, and takes it again";
}

TEST(Nodes, ASuspendOrAStepForwardLosesNothing) {
  NodeStage stage;
  stage.rounds(10, true);
  stage.centre.clock.advance(base::Span::hours(8));
  stage.log_in_again();
  stage.round();  // before the first report
  EXPECT_EQ(stage.node(), "ready");
  stage.rounds(60, true);
  EXPECT_EQ(stage.node(), "ready");
  EXPECT_EQ(stage.view().text("run/attempt"), "1");
  EXPECT_EQ(stage.view().text("run/state"), "running");
}

TEST(Nodes, AStepBackHidesNoDeadNodeAndLosesNoLiveOne) {
  NodeStage stage;
  stage.rounds(10, true);
  stage.centre.clock.set(stage.centre.clock.now() - base::Span::hours(1));
  stage.log_in_again();
  stage.rounds(60, true);
  EXPECT_EQ(stage.node(), "ready");
  EXPECT_EQ(stage.view().text("run/attempt"), "1");
  const auto heard = *base::parse_instant(stage.node("last_report_at"));
  EXPECT_LE(heard, stage.centre.clock.now()) << "by the clock that is now";
  EXPECT_GE(heard, stage.centre.clock.now() - base::Span::seconds(5));
  stage.centre.clock.set(stage.centre.clock.now() - base::Span::hours(1));
  stage.log_in_again();
  stage.round();
  stage.rounds(30, false);
  EXPECT_EQ(stage.node(), "lost");
}

TEST(Nodes, ADrainOutlivesALossAndAReturn) {
  NodeStage stage;
  stage.command("drain");
  EXPECT_EQ(stage.node(), "draining");
  stage.rounds(31, false);
  EXPECT_EQ(stage.node(), "lost");
  stage.centre.report_node();
  EXPECT_EQ(stage.node(), "draining");
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view().text("run/state"), "queued") << "it takes nothing new";
  stage.rounds(31, false);
  stage.command("resume");
  EXPECT_EQ(stage.node(), "lost") << "a wish makes nobody heard";
  stage.centre.report_node();
  EXPECT_EQ(stage.node(), "ready");
}

TEST(Nodes, AReportThatCannotBeIsRefused) {
  NodeStage stage;
  Who node;
  node.token = stage.centre.node_token;
  const json::object good{{"boot_id", "boot-1"},
                          {"boottime_us", 1'100'000'000},
                          {"reported_at", "2026-09-01T00:00:00Z"},
                          {"cpu_milli", 64'000},
                          {"memory_bytes", 512LL << 30}};
  for (const char* field : {"cpu_milli", "memory_bytes", "boottime_us"}) {
    auto wrong = good;
    wrong[field] = -1;
    const auto reply = stage.centre.post("/node/v1/report", node, wrong);
    EXPECT_EQ(reply.status, 422) << json::serialize(reply.body);
    EXPECT_EQ(reply.text("code"), "number.out_of_range");
  }
  auto wrong = good;
  wrong["cards"] = json::array{json::object{{"id", "SIM-0"}, {"model", "a100-40gb"}, {"memory_bytes", -5}}};
  EXPECT_EQ(stage.centre.post("/node/v1/report", node, wrong).status, 422);
  EXPECT_EQ(stage.node("cpu_milli"), "64000");
}

// A card that another machine reports, while what is held on it has not ended: nobody gets those blocks
// twice, and the scheduler goes on.
TEST(Nodes, P1_ACardThatMovesIsNotGivenOutTwice) {
  NodeStage stage;
  const auto enrol = commands::make_enrol_token(stage.centre.world());
  ASSERT_TRUE(enrol.ok());
  Who node;
  node.token = *enrol;
  node.token =
      stage.centre.post("/node/v1/enrolment", node, {{"name", "n2"}, {"pool", "gpu-server"}}).text("token");
  json::array cards;
  for (const char* id : {"SIM-0", "SIM-1"})
    cards.push_back(json::object{{"id", id},
                                 {"model", "a100-40gb"},
                                 {"product", "simulated"},
                                 {"memory_bytes", 40LL << 30},
                                 {"simulated", true}});
  const auto reply = stage.centre.post("/node/v1/report", node,
                                       {{"boot_id", "boot-2"},
                                        {"boottime_us", 1'000'000},
                                        {"reported_at", "2026-09-01T00:00:00Z"},
                                        {"cpu_milli", 64'000},
                                        {"memory_bytes", 512LL << 30},
                                        {"cards", cards}});
  ASSERT_EQ(reply.status, 200) << json::serialize(reply.body);
  for (int i = 0; i < 2; ++i) {
    const auto made = stage.centre.post("/api/v1/workloads", stage.user, workspace(stage.user, "m", 80));
    ASSERT_EQ(made.status, 201) << json::serialize(made.body);
  }
  stage.centre.turn_loops();
  std::map<std::string, std::int64_t> held;
  const auto shares = stage.centre.get("/api/v1/shares", stage.centre.operators);
  for (const auto& share : shares.body.at("items").as_array())
    held[cli::text_at(share, "card_id")] += cli::number_at(share, "milli_gpu");
  EXPECT_EQ(held.size(), 2u) << json::serialize(shares.body);
  for (const auto& [card, milli_gpu] : held) EXPECT_LE(milli_gpu, 1000) << card;
}

}  // namespace
}  // namespace dure::tests
