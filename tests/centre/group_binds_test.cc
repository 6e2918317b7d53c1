// G9 over HTTP: the rules of groups one by one, beside those of their nodes and edits.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "centre/group_room.h"

namespace dure::tests {
namespace {

// Where groups bind users and nodes alone.
constexpr const char* kGroupsBindNodes = R"(
format: dure-policy/1
layer: call
id: groups
version: "1"
offer:
  group_binds: {value: [users, nodes], source: "시험", confidence: chosen}
)";

TEST(GroupBinds, G9_NodesOfAnEndedGroupAreEverybodysAgain) {
  GroupRoom room;
  room.group("vision", {{"node_ids", json::array{room.n1}}});
  const auto speech = room.group("speech", {{"node_ids", json::array{room.n2}}});
  EXPECT_EQ(room.centre.post("/api/v1/workloads", room.kim, workspace(room.kim, "w", 10)).text("code"),
            "placement.pool_not_open");
  ASSERT_EQ(
      room.centre.post("/api/v1/groups/" + speech + "/end", room.centre.operators, {{"ground", "끝"}}).status,
      200);
  EXPECT_EQ(room.start(room.kim).text("replicas/0/node_id"), room.n2);
}

TEST(GroupBinds, G9_AKindIsBoundOnlyWhereThePackSaysSo) {
  GroupRoom room(kGroupsBindNodes);
  EXPECT_EQ(room.make("one", {{"node_ids", json::array{room.n1}}}).status, 201);
  const auto names = room.make("two", {{"namespaces", json::array{"vision-lab"}}});
  EXPECT_EQ(names.status, 403) << names.text_body;
  EXPECT_EQ(names.text("code"), "group.kind_not_bound");
  EXPECT_EQ(names.text("errors/0/pointer"), "/namespaces");
}

TEST(GroupBinds, G9_JoiningAgainIsTheSameStayAndNobodyOfNoProgrammeJoins) {
  GroupRoom room;
  const auto id = room.group("vision", {{"node_ids", json::array{room.n2}}});
  const auto once = room.join(id, room.hong), again = room.join(id, room.hong);
  EXPECT_EQ(once.status, 201);
  EXPECT_EQ(again.text("id"), once.text("id"));
  EXPECT_EQ(room.centre.get("/api/v1/group-members?group_id=" + id, room.centre.operators)
                .body.at("items")
                .as_array()
                .size(),
            1u);
  const auto stranger = room.join(id, room.centre.operators);
  EXPECT_EQ(stranger.status, 422) << stranger.text_body;
  EXPECT_EQ(stranger.text("code"), "group.account_unknown");
}

TEST(GroupBinds, G9_WhoMayOnlyReadGroupsChangesNone) {
  GroupRoom room;
  auto& centre = room.centre;
  const auto id = room.group("vision", {{"node_ids", json::array{room.n2}}});
  const auto made = centre.post("/api/v1/accounts", centre.operators, {{"login", "auditor"}});
  Who auditor = centre.log_in("auditor", made.text("temporary_password"));
  auditor.account = made.text("account/id");
  ASSERT_EQ(centre
                .post("/api/v1/role-grants", centre.operators,
                      {{"account_id", auditor.account}, {"role", "auditor"}, {"scope", "centre"}})
                .status,
            201);
  ASSERT_EQ(centre.post("/api/v1/me/password", auditor,
                        {{"current", made.text("temporary_password")}, {"new", kGoodPassword}})
                    .status /
                100,
            2);
  const std::string path = "/api/v1/groups/" + id;
  ASSERT_EQ(centre.get(path, auditor).status, 200);
  EXPECT_EQ(centre.post(path + "/members", auditor, {{"account_id", room.hong.account}}).status, 403);
  EXPECT_EQ(centre.post(path + "/end", auditor, {{"ground", "g"}}).status, 403);
  EXPECT_EQ(
      centre
          .send(
              "PUT", path, auditor.token,
              R"({"description":"","node_ids":[],"namespaces":[],"registries":[],"storage_bytes":0,"ground":"g"})")
          .status,
      403);
  EXPECT_EQ(centre.get(path, auditor).text("node_ids/0"), room.n2);
}

TEST(GroupBinds, G9_OfTwoRegistriesTheOneThatSaysMoreCounts) {
  GroupRoom room;
  const std::string torch = "registry.example.org/vision/torch:2";
  const auto wide = room.group("vision", {{"registries", json::array{"registry.example.org/vision"}}});
  ASSERT_EQ(room.join(wide, room.hong).status, 201);
  ASSERT_EQ(room.ask_image(room.hong, torch).status, 201);
  const auto narrow = room.group("torch", {{"registries", json::array{"registry.example.org/vision/torch"}}});
  ASSERT_EQ(room.join(narrow, room.kim).status, 201);
  EXPECT_EQ(room.ask_image(room.kim, torch).status, 201);
  EXPECT_EQ(room.ask_image(room.hong, torch).text("code"), "group.image_of_another");
}

}  // namespace
}  // namespace dure::tests
