// G9: an edit of a group holds for what waits and for what starts again, too.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <string>

#include "centre/group_room.h"

namespace dure::tests {
namespace {

constexpr const char* kTorch = "registry.example.org/vision/torch:2";
constexpr const char* kVisionRegistry = "registry.example.org/vision";

TEST(GroupEdits, G9_WhatWaitsHonoursTheRegistriesThatTheGroupHasWhenItWouldStart) {
  GroupRoom room;
  const auto id = room.group("vision");
  ASSERT_EQ(room.join(id, room.hong).status, 201);
  const auto made = room.centre.post("/api/v1/workloads", room.hong, workspace(room.hong, "w", 10));
  ASSERT_EQ(made.status, 201) << made.text_body;
  const auto path = "/api/v1/workloads/" + made.text("workload/id");
  ASSERT_EQ(room.set(id, {{"registries", json::array{kVisionRegistry}}}).status, 200);
  room.centre.turn_loops();
  const auto waits = room.centre.get(path, room.hong);
  EXPECT_EQ(waits.text("run/state"), "queued") << waits.text_body;
  EXPECT_EQ(waits.text("run/waiting/code"), "group.image_outside") << waits.text_body;
  ASSERT_EQ(room.set(id, {}).status, 200);
  room.centre.turn_loops();
  EXPECT_EQ(room.centre.get(path, room.hong).text("run/state"), "assigned");
}

TEST(GroupEdits, G9_WhatWaitsOutsideIsKeptFromARegistryThatAGroupHasBoundSince) {
  GroupRoom room;
  const auto made = room.ask_image(room.kim, kTorch);
  ASSERT_EQ(made.status, 201) << made.text_body;
  room.group("vision", {{"registries", json::array{kVisionRegistry}}});
  room.centre.turn_loops();
  const auto waits = room.centre.get("/api/v1/workloads/" + made.text("workload/id"), room.kim);
  EXPECT_EQ(waits.text("run/state"), "queued") << waits.text_body;
  EXPECT_EQ(waits.text("run/waiting/code"), "group.image_of_another") << waits.text_body;
}

TEST(GroupEdits, G9_ARetryHonoursAnEditThatCameWhileItRan) {
  GroupRoom room;
  const auto id = room.group("vision", {{"node_ids", json::array{room.n2}}});
  ASSERT_EQ(room.join(id, room.hong).status, 201);
  auto body = workspace(room.hong, "w", 10);
  body["kind"] = "job";
  body["spec"].as_object()["command"] = json::array{"train"};
  body["spec"].as_object()["max_retries"] = 1;
  const auto made = room.centre.post("/api/v1/workloads", room.hong, body);
  ASSERT_EQ(made.status, 201) << made.text_body;
  const auto path = "/api/v1/workloads/" + made.text("workload/id");
  room.centre.turn_loops();
  const auto first = room.centre.get(path, room.hong);
  ASSERT_EQ(first.text("replicas/0/node_id"), room.n2) << first.text_body;
  ASSERT_EQ(room.set(id, {{"registries", json::array{kVisionRegistry}}}).status, 200);
  json::array seen;
  for (const char* kind : {"started", "ended"}) {
    json::object one{{"boot_id", "boot-2"},
                     {"sequence", static_cast<std::int64_t>(seen.size() + 1)},
                     {"replica_id", first.text("replicas/0/id")},
                     {"kind", kind},
                     {"boottime_us", static_cast<std::int64_t>(2'000'000 + seen.size() * 500'000)},
                     {"estimated", false},
                     {"observed_at", base::to_text(room.centre.clock.now())}};
    if (std::string(kind) == "ended") one["exit_code"] = 1;
    seen.push_back(one);
  }
  room.report_second({{"observations", seen}});
  room.centre.advance(base::Span::minutes(5));
  room.report_second();
  room.centre.turn_loops();
  const auto again = room.centre.get(path, room.centre.operators);
  EXPECT_EQ(again.number("run/attempt"), 2) << again.text_body;
  EXPECT_EQ(again.text("run/state"), "queued");
  EXPECT_EQ(again.text("run/waiting/code"), "group.image_outside") << again.text_body;
}

TEST(GroupEdits, G9_EachChangeIsInTheAuditWithItsGroundAndWhatWasBound) {
  GroupRoom room;
  const auto id = room.group("vision", {{"namespaces", json::array{"first-lab"}}});
  const auto member = room.join(id, room.hong);
  const json::object wish{{"namespaces", json::array{"second-lab"}}, {"ground", "a second laboratory"}};
  ASSERT_EQ(room.set(id, wish).status, 200);
  const auto version = room.centre.get("/api/v1/groups/" + id, room.centre.operators).number("version");
  ASSERT_EQ(room.set(id, wish).number("version"), version) << "it binds that already";
  ASSERT_EQ(room.leave(member).status, 200);
  ASSERT_EQ(
      room.centre.post("/api/v1/groups/" + id + "/end", room.centre.operators, {{"ground", "g"}}).status,
      200);
  room.centre.turn_loops();
  for (const char* action :
       {"groups.create", "groups.set", "groups.end", "group-members.add", "group-members.remove"}) {
    const auto seen =
        room.centre.get(std::string("/api/v1/audit-entries?action=") + action, room.centre.operators);
    ASSERT_EQ(seen.body.at("items").as_array().size(), 1U) << action;
    if (std::string(action) != "groups.set") continue;
    for (const char* word : {"a second laboratory", "first-lab", "second-lab"})
      EXPECT_NE(seen.text_body.find(word), std::string::npos) << word << seen.text_body;
  }
  const auto events = room.centre.get("/api/v1/events?type=group.changed", room.centre.operators);
  EXPECT_EQ(events.body.at("items").as_array().size(), 1U) << events.text_body;
}

TEST(GroupEdits, G9_NothingIsTakenWithoutAGroundNorByAUserNorAfterTheEnd) {
  GroupRoom room;
  const auto id = room.group("vision");
  const auto path = "/api/v1/groups/" + id;
  const auto member = room.join(id, room.hong);
  const auto out = "/api/v1/group-members/" + member.text("id") + "/remove";
  const json::object no_ground{{"ground", ""}};
  for (const auto& refused : {room.set(id, {{"ground", ""}, {"namespaces", json::array{"a"}}}),
                              room.centre.post(out, room.centre.operators, no_ground),
                              room.centre.post(path + "/end", room.centre.operators, no_ground)}) {
    EXPECT_EQ(refused.status, 422) << refused.text_body;
    EXPECT_EQ(refused.text("code"), "outcome.text_missing");
  }
  const json::object ground{{"ground", "g"}};
  const json::object whole{{"node_ids", json::array{}},
                           {"namespaces", json::array{"a"}},
                           {"registries", json::array{}},
                           {"storage_bytes", 0},
                           {"ground", "g"}};
  for (const Who& who : {room.hong, room.kim}) {
    EXPECT_GE(room.centre.send("PUT", path, who.token, json::serialize(whole)).status, 403);
    EXPECT_GE(room.centre.post(path + "/members", who, {{"account_id", who.account}}).status, 403);
    EXPECT_GE(room.centre.post(path + "/end", who, ground).status, 403);
    EXPECT_GE(room.centre.post(out, who, ground).status, 403);
  }
  ASSERT_EQ(room.centre.post(path + "/end", room.centre.operators, ground).status, 200);
  EXPECT_EQ(room.set(id, {{"namespaces", json::array{"a"}}}).text("code"), "group.ended");
  EXPECT_EQ(room.join(id, room.kim).text("code"), "group.ended");
  const auto own = "/api/v1/accounts/" + room.hong.account + "/group";
  EXPECT_EQ(room.centre.get(own, room.hong).text("group/name"), "") << "nobody is in it";
}

}  // namespace
}  // namespace dure::tests
