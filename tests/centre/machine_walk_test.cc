// Every operation of the contract on the machine room: nodes, workloads, the queue, usage, invoices, and the
// node's own two.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "centre/cast.h"

namespace dure::tests {
namespace {

TEST(Walk, P2_Resources) {
  Cast cast;
  expect_tagged(cast, "/api/v1/resources?pool=gpu-server", cast.member);
  EXPECT_EQ(cast.centre.get("/api/v1/resources").status, 401);
  const auto unknown = cast.centre.get("/api/v1/resources?pol=gpu-server", cast.member);
  EXPECT_EQ(unknown.text("code"), "http.parameter_unknown_near");
  EXPECT_EQ(unknown.text("parameters/near"), "pool");
}

TEST(Walk, NodesAndWhatTheyHave) {
  Cast cast;
  expect_collection(cast, "nodes", cast.auditor);
  expect_collection(cast, "cards", cast.auditor);
  expect_collection(cast, "images", cast.member);
  expect_collection(cast, "volumes", cast.member);
  const std::string path = "/api/v1/nodes/" + first_id(cast, "/api/v1/nodes", cast.auditor);
  EXPECT_EQ(cast.centre.post(path + "/drain", cast.auditor).status, 403);
  change(cast, "POST", path + "/drain", path, cast.centre.operators);
  change(cast, "POST", path + "/resume", path, cast.centre.operators);
  EXPECT_GE(cast.centre.post(path + "/resume", cast.member).status, 403);
}

TEST(Walk, TheNodesOwn) {
  Cast cast;
  EXPECT_EQ(cast.centre.post("/node/v1/enrolment", cast.member, {{"name", "n2"}}).status, 403);
  const boost::json::object report{{"boot_id", "boot-1"}};
  EXPECT_EQ(cast.centre.post("/node/v1/report", cast.member, report).status, 403);
  EXPECT_EQ(cast.centre.post("/node/v1/report", cast.node).text("errors/0/pointer"), "/boot_id");
  EXPECT_EQ(cast.centre.post("/node/v1/report", cast.node, report).status, 200);
}

TEST(Walk, Workloads) {
  Cast cast;
  expect_collection(cast, "workloads", cast.member);
  const std::string running = "/api/v1/workloads/" + cast.workload;
  const std::string ended = "/api/v1/workloads/" + cast.ended;
  const auto entered =
      change(cast, "POST", running + "/access", running, cast.member, {{"purpose", "terminal"}});
  EXPECT_FALSE(entered.text("ticket").empty());
  EXPECT_GE(cast.centre.post(running + "/access", cast.centre.operators, {{"purpose", "exec"}}).status, 403);
  EXPECT_EQ(cast.centre.send("DELETE", running, cast.member.token).status, 409);
  change(cast, "POST", ended + "/start", ended, cast.member);
  change(cast, "POST", ended + "/stop", ended, cast.member);
  change(cast, "DELETE", ended, ended, cast.member);
  EXPECT_EQ(cast.centre.post(ended + "/start", cast.member).status, 409);
  EXPECT_GE(cast.centre.post(running + "/stop", cast.auditor).status, 403);
}

TEST(Walk, AWorkloadsTagChangesWithItsRunAndItsVersionDoesNot) {
  Cast cast;
  cast.start("third", 100);
  const std::string path = "/api/v1/workloads/" + cast.start("fourth", 80);
  const auto before = cast.centre.get(path, cast.member);
  const std::string tag(before.headers.get("ETag"));
  cast.centre.post("/api/v1/queue/" + before.text("run/id") + "/priority", cast.centre.operators,
                   {{"priority", 3}, {"ground", "deadline"}});
  const auto after = cast.centre.send("GET", path, cast.member.token, "", {{"If-None-Match", tag}});
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(after.number("run/priority"), 3);
  EXPECT_EQ(cast.centre.send("POST", path + "/stop", cast.member.token, "", {{"If-Match", tag}}).status, 200);
}

TEST(Walk, RunsReplicasShares) {
  Cast cast;
  expect_collection(cast, "runs", cast.member);
  expect_collection(cast, "replicas", cast.member);
  expect_collection(cast, "shares", cast.member);
}

TEST(Walk, WhatNodesSayOfShares) {
  Cast cast;
  const auto view = cast.centre.get("/api/v1/workloads/" + cast.workload, cast.member);
  const std::string replica = view.text("replicas/0/id");
  const std::string card = view.text("shares/0/card_id");
  const boost::json::object reading{{"replica_id", replica}, {"card_id", card}, {"device_ns", 5}};
  const boost::json::object finding{
      {"replica_id", replica},
      {"card_id", card},
      {"found_at", "2026-11-30T00:00:00Z"},
      {"reason", {{"code", "share.process_not_in_books"}, {"parameters", boost::json::object{}}}}};
  ASSERT_EQ(
      cast.centre
          .report_node({{"readings", boost::json::array{reading}}, {"findings", boost::json::array{finding}}})
          .status,
      200);
  expect_collection(cast, "share-uses", cast.member);
  expect_collection(cast, "share-findings", cast.member);
}

TEST(Walk, F13_P5_TheQueue) {
  Cast cast;
  cast.start("third", 100);
  cast.start("fourth", 80);
  const auto queue = cast.centre.get("/api/v1/queue", cast.member);
  ASSERT_EQ(queue.body.at("items").as_array().size(), 1u) << queue.text_body;
  EXPECT_EQ(cast.centre.get("/api/v1/queue?limit=1", cast.member).text("code"), "http.parameter_unknown");
  const std::string run = queue.text("items/0/run_id");
  const std::string path = "/api/v1/queue/" + run;
  EXPECT_EQ(cast.centre.post(path + "/preview", cast.centre.operators, {{"priority", 5}}).status, 200);
  EXPECT_EQ(cast.centre.post(path + "/preview", cast.member, {{"priority", 5}}).status, 403);
  const boost::json::object command{{"priority", 5}, {"ground", "deadline"}};
  EXPECT_EQ(cast.centre.post(path + "/priority", cast.member, command).status, 403);
  const auto groundless = cast.centre.post(path + "/priority", cast.centre.operators, {{"priority", 5}});
  EXPECT_EQ(groundless.text("errors/0/pointer"), "/ground");
  change(cast, "POST", path + "/priority", "/api/v1/runs/" + run, cast.centre.operators, command);
}

TEST(Walk, P14_LedgerAndUsage) {
  Cast cast;
  expect_collection(cast, "ledger-entries", cast.member);
  expect_collection(cast, "observations", cast.auditor);
  const std::string usage = "/api/v1/usage?allocation_id=" + cast.member.allocation;
  const std::string period = "&from=2026-01-01T00:00:00Z&to=2030-01-01T00:00:00Z";
  expect_tagged(cast, usage + period, cast.member);
  EXPECT_EQ(cast.centre.get(usage + period, cast.member).number("milli_gpu_ms"), 200 * 10'250);
  EXPECT_EQ(cast.centre.get("/api/v1/usage", cast.member).text("parameters/parameter"), "allocation_id");
  EXPECT_EQ(cast.centre.get(usage + "&from=now", cast.member).text("parameters/parameter"), "from");
  EXPECT_EQ(cast.centre.get(usage).status, 401);
}

TEST(Walk, Invoices) {
  Cast cast;
  cast.centre.clock.advance(base::Span::minutes(1));
  const boost::json::object command{{"allocation_id", cast.member.allocation}};
  EXPECT_EQ(cast.centre.post("/api/v1/invoices/preview", cast.centre.operators, command).status, 200);
  EXPECT_EQ(cast.centre.post("/api/v1/invoices", cast.member, command).status, 403);
  const auto made = cast.centre.post("/api/v1/invoices", cast.centre.operators, command);
  ASSERT_EQ(made.status, 201) << made.text_body;
  expect_collection(cast, "invoices", cast.member);
}

}  // namespace
}  // namespace dure::tests
