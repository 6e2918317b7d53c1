// G9: groups of users over the API: what a group binds holds for all its members, and for nobody else.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/group_room.h"
#include "centre/tenant.h"

namespace dure::tests {
namespace {

TEST(Groups, G9_MembersRunOnTheGroupsNodesAndNobodyElseDoes) {
  GroupRoom room;
  const auto id = room.group("vision", {{"node_ids", json::array{room.n2}}});
  ASSERT_EQ(room.join(id, room.hong).status, 201);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(room.start(room.hong).text("replicas/0/node_id"), room.n2);
    EXPECT_EQ(room.start(room.kim).text("replicas/0/node_id"), room.n1);
  }
}

TEST(Groups, G9_WhoIsOutsideIsRefusedWhereAllNodesAreOfGroups) {
  GroupRoom room;
  room.group("vision", {{"node_ids", json::array{room.n1}}});
  room.group("speech", {{"node_ids", json::array{room.n2}}});
  const auto refused = room.centre.post("/api/v1/workloads", room.kim, workspace(room.kim, "w", 10));
  EXPECT_EQ(refused.status, 422) << refused.text_body;  // no node is anybody's any more
  EXPECT_EQ(refused.text("code"), "placement.pool_not_open");
}

TEST(Groups, G9_OneEditReachesAllMembersFromTheNextStartOn) {
  GroupRoom room;
  const auto id = room.group("vision", {{"node_ids", json::array{room.n1}}});
  ASSERT_EQ(room.join(id, room.hong).status, 201);
  ASSERT_EQ(room.join(id, room.kim).status, 201);
  const auto before = room.start(room.hong);
  EXPECT_EQ(before.text("replicas/0/node_id"), room.n1);
  ASSERT_EQ(room.set(id, {{"node_ids", json::array{room.n2}}}).status, 200);
  EXPECT_EQ(room.centre.get("/api/v1/groups/" + id, room.centre.operators).text("node_ids/0"), room.n2);
  EXPECT_EQ(room.start(room.hong).text("replicas/0/node_id"), room.n2);
  EXPECT_EQ(room.start(room.kim).text("replicas/0/node_id"), room.n2);
  const auto still =
      room.centre.get("/api/v1/workloads/" + before.text("workload/id"), room.centre.operators);
  EXPECT_EQ(still.text("replicas/0/node_id"), room.n1) << "what ran was not stopped";
  EXPECT_EQ(still.text("run/state"), "assigned");
}

TEST(Groups, G9_WhoLeavesIsAMemberNoMoreAtTheNextStart) {
  GroupRoom room;
  const auto id = room.group("vision", {{"node_ids", json::array{room.n2}}});
  const auto member = room.join(id, room.hong);
  EXPECT_EQ(room.start(room.hong).text("replicas/0/node_id"), room.n2);
  ASSERT_EQ(room.leave(member).status, 200);
  EXPECT_EQ(room.start(room.hong).text("replicas/0/node_id"), room.n1);
  EXPECT_EQ(room.leave(member).text("code"), "group.member_left");
  EXPECT_EQ(room.join(id, room.hong).status, 201);
  EXPECT_EQ(room.start(room.hong).text("replicas/0/node_id"), room.n2);
}

TEST(Groups, G9_ImagesOfTheGroupsRegistryAreItsMembersAlone) {
  GroupRoom room;
  const std::string torch = "registry.example.org/vision/torch:2", common = "localhost/dure/workspace:1";
  EXPECT_EQ(room.ask_image(room.kim, torch).status, 201) << "nobody's yet";
  const auto id = room.group("vision", {{"registries", json::array{"registry.example.org/vision"}}});
  ASSERT_EQ(room.join(id, room.hong).status, 201);
  EXPECT_EQ(room.ask_image(room.hong, torch).status, 201);
  const auto outside = room.ask_image(room.hong, common);
  EXPECT_EQ(outside.status, 403) << outside.text_body;
  EXPECT_EQ(outside.text("code"), "group.image_outside");
  const auto others = room.ask_image(room.kim, torch);
  EXPECT_EQ(others.status, 403) << others.text_body;
  EXPECT_EQ(others.text("code"), "group.image_of_another");
  EXPECT_EQ(room.ask_image(room.kim, common).status, 201);
}

TEST(Groups, G9_AnEndedGroupsNodesAndNameAreFreeAndNobodyIsInIt) {
  GroupRoom room;
  const auto id = room.group("vision", {{"node_ids", json::array{room.n2}}});
  const auto member = room.join(id, room.hong);
  const auto running = room.start(room.hong);
  ASSERT_EQ(room.leave(member).status, 200);
  const auto path = "/api/v1/groups/" + id;
  const auto early = room.centre.post(path + "/end", room.centre.operators, {{"ground", "g"}});
  EXPECT_EQ(early.text("code"), "group.runs_left") << early.text_body;
  const auto stopped =
      room.centre.post("/api/v1/workloads/" + running.text("workload/id") + "/stop", room.hong);
  ASSERT_LT(stopped.status, 300) << stopped.text_body;
  const json::object gone{{"boot_id", "boot-2"},
                          {"sequence", 1},
                          {"replica_id", running.text("replicas/0/id")},
                          {"kind", "ended"},
                          {"boottime_us", 2'000'000},
                          {"exit_code", 0},
                          {"estimated", false},
                          {"observed_at", base::to_text(room.centre.clock.now())}};
  room.report_second({{"observations", json::array{gone}}});
  const auto ended = room.centre.post(path + "/end", room.centre.operators, {{"ground", "g"}});
  ASSERT_EQ(ended.status, 200) << ended.text_body;
  EXPECT_EQ(
      room.centre.get("/api/v1/group-members?group_id=" + id, room.centre.operators).text("items/0/left_at"),
      base::to_text(room.centre.clock.now()));
  EXPECT_EQ(room.make("vision", {{"node_ids", json::array{room.n2}}}).status, 201);
}

TEST(Groups, G9_NodesAndNamespacesAndNamesAreOfOneGroup) {
  GroupRoom room;
  room.group("vision", {{"node_ids", json::array{room.n2}}, {"namespaces", json::array{"vision-lab"}}});
  EXPECT_EQ(room.make("vision").text("code"), "group.name_taken");
  const auto node = room.make("speech", {{"node_ids", json::array{room.n2}}});
  EXPECT_EQ(node.status, 409);
  EXPECT_EQ(node.text("code"), "group.node_taken");
  EXPECT_EQ(room.make("speech", {{"namespaces", json::array{"vision-lab"}}}).text("code"),
            "group.namespace_taken");
  EXPECT_EQ(room.make("speech", {{"node_ids", json::array{"no"}}}).text("code"), "group.no_such_node");
  EXPECT_EQ(room.make("Speech").text("code"), "group.name_malformed");
  const auto id = room.group("speech", {{"namespaces", json::array{"speech-lab"}}});
  EXPECT_EQ(room.set(id, {{"namespaces", json::array{"vision-lab"}}}).text("code"), "group.namespace_taken");
}

TEST(Groups, G9_AnAccountIsInOneGroupAndSeesWhatItBinds) {
  GroupRoom room;
  const auto vision = room.group("vision", {{"namespaces", json::array{"vision-lab"}}});
  const auto speech = room.group("speech");
  const auto own = "/api/v1/accounts/" + room.hong.account + "/group";
  EXPECT_EQ(room.centre.get(own, room.hong).text("group/name"), "");
  ASSERT_EQ(room.join(vision, room.hong).status, 201);
  EXPECT_EQ(room.join(speech, room.hong).text("code"), "group.member_already");
  const auto seen = room.centre.get(own, room.hong);
  EXPECT_EQ(seen.text("group/name"), "vision");
  EXPECT_EQ(seen.text("group/namespaces/0"), "vision-lab");
  EXPECT_EQ(room.centre.get(own, room.kim).status, 404);
  EXPECT_EQ(room.centre.get("/api/v1/groups/" + vision, room.kim).status, 404);
  const auto member = room.centre.get("/api/v1/group-members?group_id=" + vision, room.centre.operators);
  EXPECT_EQ(room.centre.get("/api/v1/group-members/" + member.text("items/0/id"), room.hong).status, 200);
  EXPECT_EQ(room.centre.get("/api/v1/groups?name=vision", room.centre.operators).text("items/0/id"), vision);
  const auto mine = room.centre.get("/api/v1/group-members", room.hong);
  EXPECT_EQ(mine.body.at("items").as_array().size(), 1U) << mine.text_body;
  EXPECT_EQ(room.centre.get("/api/v1/group-members", room.kim).body.at("items").as_array().size(), 0U);
  EXPECT_EQ(
      room.centre
          .post("/api/v1/groups", room.hong, {{"programme_id", room.centre.programme}, {"name", "mine"}})
          .status,
      404);
  EXPECT_EQ(room.join(vision, {}).text("code"), "group.account_unknown");
}

TEST(Groups, G9_WhatAGroupBindsIsTheProgrammesRule) {
  GroupRoom none("");
  EXPECT_EQ(none.make("vision").text("code"), "group.not_offered");
  GroupRoom few(replaced(kGroupsBindAll, "[users, nodes, namespaces, registries, volumes]", "[namespaces]"));
  const auto nodes = few.make("vision", {{"node_ids", json::array{few.n2}}});
  EXPECT_EQ(nodes.status, 403) << nodes.text_body;
  EXPECT_EQ(nodes.text("code"), "group.kind_not_bound");
  EXPECT_EQ(few.make("vision", {{"registries", json::array{"r"}}}).text("code"), "group.kind_not_bound");
  EXPECT_EQ(few.make("vision", {{"storage_bytes", 1}}).text("code"), "group.kind_not_bound");
  GroupRoom all;
  EXPECT_EQ(all.make("vision", {{"storage_bytes", 1}}).text("code"), "group.storage_not_yet");
  const auto queue = load_over(all.centre, replaced(kGroupsBindAll, "volumes]", "queue]"));
  EXPECT_EQ(queue.text("errors/0/code"), "policy.name_unknown") << "a group binds no queue";
  const auto id = few.group("vision", {{"namespaces", json::array{"vision-lab"}}});
  EXPECT_EQ(few.join(id, few.hong).text("code"), "group.kind_not_bound");
}

}  // namespace
}  // namespace dure::tests
