// G9: groups of users over the API: what a group binds holds for all its members, and for nobody else.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/group_layer.h"
#include "centre/taken.h"
#include "centre/tenant.h"
#include "centre/workspace.h"
#include "cli/api.h"
#include "commands/nodes.h"

namespace dure::tests {
namespace {

// Two users, each of a project of its own, and two nodes of two cards each. Groups may bind everything.
struct GroupRoom {
  Centre centre;
  Who hong = centre.admit("hong01", 400);
  Who kim = centre.admit("kim01", 400);
  std::string second_token;
  std::string n1, n2;
  std::int64_t boottime_us = 1'000'000;

  explicit GroupRoom(const std::string& layer = kGroupsBindAll) {
    if (!layer.empty()) {
      const auto loaded = load_over(centre, layer);
      EXPECT_EQ(loaded.status, 201) << loaded.text_body;
    }
    centre.report_node();
    Who enrolment;
    enrolment.token = taken(commands::make_enrol_token(centre.world()));
    second_token =
        centre.post("/node/v1/enrolment", enrolment, {{"name", "n2"}, {"pool", "gpu-server"}}).text("token");
    report_second();
    n1 = centre.get("/api/v1/nodes?name=n1", centre.operators).text("items/0/id");
    n2 = centre.get("/api/v1/nodes?name=n2", centre.operators).text("items/0/id");
  }
  // Another image than the first node's, of a registry.
  Reply report_second(json::object more = {}) {
    json::array cards;
    for (int i = 0; i < 2; ++i)
      cards.push_back(json::object{{"id", "SIM-2" + std::to_string(i)},
                                   {"index", i},
                                   {"model", "a100-40gb"},
                                   {"product", "simulated"},
                                   {"memory_bytes", 40LL << 30},
                                   {"simulated", true}});
    json::array images;
    for (const char* each : {"localhost/dure/workspace:1", "registry.example.org/vision/torch:2"})
      images.push_back(json::object{{"reference", each},
                                    {"digest", std::string("sha256:") + each},
                                    {"services", json::array{"terminal"}}});
    more["boot_id"] = "boot-2";
    more["boottime_us"] = boottime_us += 1'000'000;
    more["reported_at"] = base::to_text(centre.clock.now());
    more["cpu_milli"] = 64'000;
    more["memory_bytes"] = 512LL << 30;
    more["cards"] = cards;
    more["images"] = images;
    Who node;
    node.token = second_token;
    auto reply = centre.post("/node/v1/report", node, more);
    EXPECT_EQ(reply.status, 200) << reply.text_body;
    return reply;
  }

  Reply make(const std::string& name, json::object binds = {}) {
    binds["programme_id"] = centre.programme;
    binds["name"] = name;
    return centre.post("/api/v1/groups", centre.operators, binds);
  }
  std::string group(const std::string& name, json::object binds = {}) {
    const auto made = make(name, std::move(binds));
    EXPECT_EQ(made.status, 201) << made.text_body;
    return made.text("id");
  }
  Reply join(const std::string& id, const Who& who) {
    return centre.post("/api/v1/groups/" + id + "/members", centre.operators, {{"account_id", who.account}});
  }
  Reply set(const std::string& id, json::object binds) {
    for (const char* list : {"node_ids", "namespaces", "registries"})
      if (!binds.contains(list)) binds[list] = json::array{};
    if (!binds.contains("storage_bytes")) binds["storage_bytes"] = 0;
    if (!binds.contains("ground")) binds["ground"] = "g";
    return centre.send("PUT", "/api/v1/groups/" + id, centre.operators.token, json::serialize(binds));
  }
  Reply leave(const Reply& member) {
    return centre.post("/api/v1/group-members/" + member.text("id") + "/remove", centre.operators,
                       {{"ground", "g"}});
  }
  // The workload of so many blocks, after the scheduler looked.
  Reply start(const Who& who, std::int64_t blocks = 50) {
    return centre.get(start_workspace(centre, who, "w", blocks).path, centre.operators);
  }
  Reply ask_image(const Who& who, const std::string& image) {
    auto body = workspace(who, "w", 10);
    body["spec"].as_object()["image"] = image;
    return centre.post("/api/v1/workloads", who, body);
  }
};

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
  EXPECT_EQ(refused.text("code"), "placement.unknown_pool");
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
  const auto id = few.group("vision", {{"namespaces", json::array{"vision-lab"}}});
  EXPECT_EQ(few.join(id, few.hong).text("code"), "group.kind_not_bound");
}

}  // namespace
}  // namespace dure::tests
