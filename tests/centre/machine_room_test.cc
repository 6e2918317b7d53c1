// The machine room's half over HTTP: admission, the queue, shares, usage; dure-node is played by its own
// requests.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/centre.h"
#include "centre/workspace.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

TEST(Admission, F14_MoreThanTheAllocationGivesIsRefusedAtOnce) {
  Centre centre;
  const Who user = centre.admit("hong01", 50);
  centre.report_node();
  const auto reply = centre.post("/api/v1/workloads", user, workspace(user, "w", 60));
  EXPECT_EQ(reply.status, 403) << json::serialize(reply.body);
}

TEST(Admission, P1_P2_WhatCanNeverRunIsRefusedAtOnce) {
  Centre centre;
  const Who user = centre.admit("hong01", 200);
  centre.report_node();
  EXPECT_GE(centre.post("/api/v1/workloads", user, workspace(user, "w", 101)).status, 400);
  auto unknown = workspace(user, "w", 10);
  unknown["spec"].as_object()["model"] = "h900";
  EXPECT_GE(centre.post("/api/v1/workloads", user, unknown).status, 400);
  unknown = workspace(user, "w", 10);
  unknown["spec"].as_object()["image"] = "no/such:1";
  EXPECT_EQ(centre.post("/api/v1/workloads", user, unknown).text("code"), "workload.image_unknown");
}

TEST(Queue, F8_P5_TheNextWaitsWithAReasonAndStartsWhenTheOneBeforeEnds) {
  Centre centre;
  const Who first = centre.admit("hong01", 200);
  const Who second = centre.admit("kim01", 200);
  centre.report_node();
  const auto a = centre.post("/api/v1/workloads", first, workspace(first, "a", 60));
  const auto b = centre.post("/api/v1/workloads", first, workspace(first, "b", 60));
  centre.turn_loops();
  const auto c = centre.post("/api/v1/workloads", second, workspace(second, "c", 60));
  ASSERT_EQ(c.status, 201) << json::serialize(c.body);
  centre.turn_loops();
  const std::string path = "/api/v1/workloads/" + c.text("workload/id");
  EXPECT_EQ(centre.get(path, second).text("run/waiting/code"), "placement.fragmented");
  EXPECT_EQ(centre.get("/api/v1/queue", second).text("items/0/position"), "1");
  EXPECT_EQ(centre.get("/api/v1/queue", first).body.at("items").as_array().size(), 0u)
      << "others' entries are hidden";

  // P2: 120 of 200 blocks are taken; the largest single request is 40.
  const auto table = centre.get("/api/v1/resources", first);
  for (const auto& row : table.body.at("block_types").as_array()) {
    EXPECT_EQ(cli::number_at(row, "total"), 200);
    EXPECT_EQ(cli::number_at(row, "request_max"), 40);
    EXPECT_EQ(cli::number_at(row, "available"), 80);
  }

  const auto replica = centre.get("/api/v1/workloads/" + a.text("workload/id"), first).text("replicas/0/id");
  centre.report_node({{"observations", json::array{observation(replica, "started", 1, 5'000'000)}}});
  centre.post("/api/v1/workloads/" + a.text("workload/id") + "/stop", first);
  centre.report_node({{"observations", json::array{observation(replica, "ended", 2, 15'250'000)}}});
  centre.turn_loops();
  EXPECT_EQ(centre.get(path, second).text("run/state"), "assigned");
  EXPECT_EQ(centre.get("/api/v1/workloads/" + b.text("workload/id"), first).text("run/state"), "assigned");
}

TEST(Usage, P14_IsExactToTheMillisecondAlsoWhenAReportIsRepeated) {
  Centre centre;
  const Who user = centre.admit("hong01", 200);
  centre.report_node();
  const auto [id, path, replica] = start_workspace(centre, user, "a", 30);
  const json::array both{observation(replica, "started", 1, 5'000'000),
                         observation(replica, "ended", 2, 15'250'999)};
  centre.report_node({{"observations", both}});
  centre.report_node({{"observations", both}});  // the answer was lost: it comes again
  const auto sum =
      centre.get("/api/v1/usage?allocation_id=" + user.allocation + "&to=2030-01-01T00:00:00Z", user);
  EXPECT_EQ(sum.number("milli_gpu_ms"), 300 * 10'250);
  EXPECT_EQ(sum.number("milli_gpu_seconds"), 3'075);
  EXPECT_EQ(centre.get(path, user).text("shares/0/released_at").empty(), false);
}

TEST(Invoice, I1_IsZeroUnderS0AndLinesAddUp) {
  Centre centre;
  const Who user = centre.admit("hong01", 200);
  centre.report_node();
  const auto [id, path, replica] = start_workspace(centre, user, "a", 100);
  centre.report_node({{"observations", json::array{observation(replica, "started", 1, 0),
                                                   observation(replica, "ended", 2, 3'600'000'000)}}});
  centre.advance(base::Span::hours(2));
  const auto invoice =
      centre.post("/api/v1/invoices", centre.operators, {{"allocation_id", user.allocation}});
  ASSERT_EQ(invoice.status, 201) << json::serialize(invoice.body);
  EXPECT_EQ(invoice.number("invoice/total_krw"), 0);
  EXPECT_EQ(invoice.number("invoice/milli_gpu_ms"), 3'600'000'000);
  const Who again = centre.log_in("hong01", kGoodPassword);
  EXPECT_EQ(centre.post("/api/v1/invoices", again, {{"allocation_id", user.allocation}}).status, 403);
}

TEST(Queue, F13_AnOperatorMovesAnEntryWithAPreviewAndItIsAudited) {
  Centre centre;
  const Who user = centre.admit("hong01", 400);
  centre.report_node();
  for (const char* name : {"a", "b"}) centre.post("/api/v1/workloads", user, workspace(user, name, 100));
  centre.turn_loops();
  centre.post("/api/v1/workloads", user, workspace(user, "c", 60));
  centre.advance(base::Span::seconds(1));
  const auto last = centre.post("/api/v1/workloads", user, workspace(user, "d", 60));
  const std::string path = "/api/v1/queue/" + last.text("run/id");
  EXPECT_EQ(centre.post(path + "/priority", user, {{"priority", 5}, {"ground", "me"}}).status, 403);
  const auto preview = centre.post(path + "/preview", centre.operators, {{"priority", 5}});
  EXPECT_EQ(preview.body.at("items").as_array().size(), 2u) << json::serialize(preview.body);
  EXPECT_EQ(
      centre.post(path + "/priority", centre.operators, {{"priority", 5}, {"ground", "deadline"}}).status,
      200);
  EXPECT_EQ(centre.get("/api/v1/queue", centre.operators).text("items/0/name"), "d");
  EXPECT_EQ(centre.get("/api/v1/audit-entries?action=queue.move", centre.operators)
                .body.at("items")
                .as_array()
                .size(),
            1u);
}

TEST(Queue, F13_NotWhereTheRulesLeaveTheOrderToNobody) {
  Centre centre;
  const Who user = centre.admit("hong01", 400);
  centre.report_node();
  for (const char* name : {"a", "b"}) centre.post("/api/v1/workloads", user, workspace(user, name, 100));
  centre.turn_loops();
  const auto last = centre.post("/api/v1/workloads", user, workspace(user, "d", 60));
  auto text = s0_text();
  text.replace(text.find("\nqueue:\n"), 8,
               "\nqueue:\n  operator_may_reorder: {value: false, source: test, confidence: chosen}\n");
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", text}}};
  ASSERT_EQ(centre.post("/api/v1/programmes", centre.operators, {{"layers", layers}}).status, 201);
  const auto refused = centre.post("/api/v1/queue/" + last.text("run/id") + "/priority", centre.operators,
                                   {{"priority", 5}, {"ground", "deadline"}});
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "queue.order_fixed");
}

TEST(Nodes, ANodeThatIsSilentIsLostAndItsRunIsQueuedAgain) {
  Centre centre;
  const Who user = centre.admit("hong01", 200);
  centre.report_node();
  const auto [id, path, replica] = start_workspace(centre, user, "a", 30);
  centre.report_node({{"observations", json::array{observation(replica, "started", 1, 5'000'000)}}});
  centre.clock.advance(base::Span::minutes(5));
  const auto lost = commands::run<std::int64_t>(centre.world(), commands::system_caller("keeper"),
                                                [](commands::Work& work) -> base::Result<std::int64_t> {
                                                  DURE_LET(nodes, commands::sight_nodes(work));
                                                  return commands::mark_lost_nodes(work, nodes);
                                                });
  ASSERT_TRUE(lost.ok());
  EXPECT_EQ(*lost, 1);
  EXPECT_EQ(centre.get("/api/v1/nodes", centre.operators).text("items/0/state"), "lost");
  const auto view = centre.get(path, user);
  EXPECT_EQ(view.text("run/attempt"), "2");
  EXPECT_EQ(view.text("run/state"), "queued");
}

TEST(Nodes, P5_AnAssignedRunSaysWhyItDoesNotRunYet) {
  Centre centre;
  const Who user = centre.admit("hong01", 200);
  centre.report_node();
  const auto [id, path, replica] = start_workspace(centre, user, "a", 30);
  const json::object why{{"code", "engine.create_failed"},
                         {"parameters", json::object{{"replica", replica}, {"why", "no space left"}}}};
  const json::array troubles{
      json::object{{"replica_id", replica}, {"reason", why}, {"since", "2026-09-01T00:00:00Z"}}};
  centre.report_node({{"troubles", troubles}});
  EXPECT_EQ(centre.get(path, user).text("run/state"), "assigned");
  EXPECT_EQ(centre.get(path, user).text("run/waiting/code"), "engine.create_failed");
  EXPECT_EQ(centre.get(path, user).text("run/waiting/parameters/why"), "no space left");
  const auto version = centre.get(path, user).text("run/version");
  centre.report_node({{"troubles", troubles}});
  EXPECT_EQ(centre.get(path, user).text("run/version"), version) << "the same again is no news";
  centre.report_node();
  EXPECT_EQ(centre.get(path, user).text("run/waiting/code"), "") << "it passed";

  // dure-node gives it up: the attempt ends with that reason, and the share is free.
  centre.report_node({{"troubles", troubles}});
  auto end = observation(replica, "ended", 1, 9'000'000);
  end.erase("exit_code");
  end["failure"] = why;
  centre.report_node({{"observations", json::array{end}}});
  const auto view = centre.get(path, user);
  EXPECT_EQ(view.text("run/state"), "ended");
  EXPECT_EQ(view.text("run/outcome"), "failed");
  EXPECT_EQ(view.text("run/ended_reason/code"), "engine.create_failed");
  EXPECT_EQ(view.text("run/waiting/code"), "");
  EXPECT_NE(view.text("shares/0/released_at"), "");
}

// A store that was lost, or brought back from an old copy, knows nothing of what runs: dure-node may take its
// containers away only when their ends are acknowledged.
TEST(Nodes, WhatIsSeenOfUnknownReplicasIsAcknowledgedOnceAndOrderedAway) {
  Centre centre;
  centre.report_node();
  const std::string stranger = "00000000-0000-7000-8000-000000000001";
  const json::array seen{observation(stranger, "started", 6, 5'000'000),
                         observation(stranger, "ended", 7, 6'000'000)};
  const auto reply = centre.report_node({{"observations", seen}});
  EXPECT_EQ(reply.number("acknowledged"), 7);
  EXPECT_TRUE(reply.body.at("replicas").as_array().empty());
  const auto version = centre.get("/api/v1/nodes", centre.operators).text("items/0/version");
  EXPECT_EQ(centre.report_node({{"observations", seen}}).number("acknowledged"), 7);
  EXPECT_EQ(centre.get("/api/v1/nodes", centre.operators).text("items/0/version"), version)
      << "the same again writes nothing";
  EXPECT_EQ(centre.report_node().number("acknowledged"), 7) << "nor is it forgotten";
}

}  // namespace
}  // namespace dure::tests
