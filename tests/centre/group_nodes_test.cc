// G9: whose the nodes are that a group binds: where its members run and wait, what others are told, shown,
// given and reserved.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "centre/group_room.h"

namespace dure::tests {
namespace {

// hong is of a group that has the second node; kim of none.
struct Parted : GroupRoom {
  explicit Parted(const std::string& layer = kGroupsBindAll, std::int64_t blocks = 400)
      : GroupRoom(layer, blocks) {
    vision = group("vision", {{"node_ids", json::array{n2}}});
    member = join(vision, hong);
    EXPECT_EQ(member.status, 201) << member.text_body;
  }
  // Four of them fill the node's two cards.
  void expect_full(const Who& who, const std::string& node) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(start(who).text("replicas/0/node_id"), node);
    const auto waits = start(who);
    EXPECT_EQ(waits.text("run/state"), "queued") << waits.text_body;
    EXPECT_EQ(waits.text("run/waiting/code"), "placement.no_capacity") << waits.text_body;
    EXPECT_EQ(waits.text_body.find('@'), std::string::npos) << waits.text_body;
  }
  Reply reserve(const Who& who, json::object wish) {
    const auto now = centre.clock.now();
    wish["project_id"] =
        centre.get("/api/v1/allocations/" + who.allocation, centre.operators).text("project_id");
    wish["starts_at"] = base::to_text(now + base::Span::hours(1));
    wish["ends_at"] = base::to_text(now + base::Span::hours(2));
    wish["ground"] = "g";
    return centre.post("/api/v1/reservations", centre.operators, wish);
  }
  Reply reserve_cards(const Who& who, std::int64_t cards, const std::string& pool) {
    return reserve(who, {{"cards", cards}, {"model", "a100-40gb"}, {"pool", pool}});
  }
  std::string supplement(const Who& who, std::int64_t blocks) {
    const auto wish = centre.post("/api/v1/allocation-actions", who,
                                  {{"allocation_id", who.allocation},
                                   {"kind", "supplement"},
                                   {"blocks", blocks},
                                   {"reason", "학습 자료가 늘어남"}});
    EXPECT_EQ(wish.status, 201) << wish.text_body;
    return wish.text("findings/0/code");
  }

  std::string vision;
  Reply member;
};

TEST(GroupNodes, G9_AnOutsiderWaitsWithAReasonWhileOnlyAGroupsNodesAreFree) {
  Parted room;
  room.expect_full(room.kim, room.n1);
}

TEST(GroupNodes, G9_AMemberWaitsWithAReasonWhileOnlyOtherNodesAreFree) {
  Parted room;
  room.expect_full(room.hong, room.n2);
}

TEST(GroupNodes, G9_WithoutPoolsAGroupsNodesAreItsMembersAndNobodyElses) {
  Parted room(kGroupsWithoutPools);
  ASSERT_EQ(room.centre.get("/api/v1/allocations/" + room.kim.allocation, room.kim).text("pool"), "");
  room.expect_full(room.hong, room.n2);
  room.expect_full(room.kim, room.n1);
}

TEST(GroupNodes, G9_WithoutPoolsAMemberGoesToAnyPoolWhereHisGroupHasNodes) {
  GroupRoom room(kGroupsWithoutPools);
  ASSERT_EQ(room.enrol("n3", "other").status, 201);
  const auto n3 = room.centre.get("/api/v1/nodes?name=n3", room.centre.operators).text("items/0/id");
  const auto id = room.group("vision", {{"node_ids", json::array{n3, room.n2}}});
  ASSERT_EQ(room.join(id, room.hong).status, 201);
  EXPECT_EQ(room.start(room.hong).text("replicas/0/node_id"), room.n2);
  EXPECT_EQ(room.start(room.kim).text("replicas/0/node_id"), room.n1);
  ASSERT_EQ(room.set(id, {{"node_ids", json::array{room.n1, room.n2}}}).status, 200);
  const auto refused = room.centre.post("/api/v1/workloads", room.kim, workspace(room.kim, "w", 10));
  EXPECT_NE(refused.status, 201) << "of those that are left none has a card: " << refused.text_body;
}

TEST(GroupNodes, G9_WhereTheGroupHasNoNodeOfThePoolItsMembersRunOnNobodys) {
  GroupRoom room;
  ASSERT_EQ(room.enrol("n3", "other").status, 201);
  const auto n3 = room.centre.get("/api/v1/nodes?name=n3", room.centre.operators).text("items/0/id");
  const auto id = room.group("vision", {{"node_ids", json::array{n3}}});
  ASSERT_EQ(room.join(id, room.hong).status, 201);
  EXPECT_NE(room.start(room.hong).text("replicas/0/node_id"), "");
}

TEST(GroupNodes, G9_WhoseThePoolsNodesAreIsNotTold) {
  Parted room;
  room.group("speech", {{"node_ids", json::array{room.n1}}});
  const auto closed = room.centre.post("/api/v1/workloads", room.kim, workspace(room.kim, "w", 10));
  EXPECT_EQ(closed.status, 422) << closed.text_body;
  EXPECT_EQ(closed.text("code"), "placement.pool_not_open");
  const auto unknown = room.centre.get("/api/v1/consolidation?pool=nowhere", room.centre.operators);
  EXPECT_EQ(unknown.text("code"), "placement.unknown_pool") << unknown.text_body;
  for (const auto& reply : {closed, unknown})
    for (const char* word : {"@", "vision", "speech"})
      EXPECT_EQ(reply.text_body.find(word), std::string::npos) << reply.text_body;
}

TEST(GroupNodes, G9_TheTableShowsEachTheNodesToWhichHisRunsMayCome) {
  Parted room;
  room.start(room.hong, 30);
  const auto table = [&](const Who& who, const std::string& query = "") {
    return room.centre.get("/api/v1/resources" + query, who);
  };
  for (const char* query : {"", "?pool=gpu-server"}) {
    EXPECT_EQ(table(room.kim, query).number("block_types/0/total"), 200);
    EXPECT_EQ(table(room.kim, query).number("block_types/0/available"), 200) << "nothing is on his";
    EXPECT_EQ(table(room.hong, query).number("block_types/0/total"), 200);
    EXPECT_EQ(table(room.hong, query).number("block_types/0/available"), 170);
    EXPECT_EQ(table(room.centre.operators, query).number("block_types/0/total"), 400);
  }
  EXPECT_EQ(table(room.kim, "?pool=gpu-server@vision").number("resources/0/total"), 0);
  ASSERT_EQ(room.leave(room.member).status, 200);
  EXPECT_EQ(table(room.hong).number("block_types/0/available"), 200);
}

TEST(GroupNodes, G9_F2_MoreIsNotGivenOfTheNodesOfAGroupToOthers) {
  Parted room(kGroupsBindAll, 100);
  EXPECT_EQ(room.supplement(room.kim, 101), "allocation_action.no_slack");
  EXPECT_EQ(room.supplement(room.hong, 200), "") << "somebody of his project has them";
}

TEST(GroupNodes, G9_AReservationIsOfThePoolAsFarAsTheProjectsRunsMayCome) {
  Parted room;
  for (const char* pool : {"", "gpu-server"}) {
    const auto beyond = room.reserve_cards(room.kim, 4, pool);
    EXPECT_EQ(beyond.text("code"), "reservation.too_few_cards") << pool << beyond.text_body;
    EXPECT_EQ(beyond.text("parameters/free"), "2") << beyond.text_body;
    const auto made = room.reserve_cards(room.hong, 4, pool);
    ASSERT_EQ(made.status, 201) << pool << made.text_body;
    EXPECT_EQ(made.number("cards"), 4);
    ASSERT_LT(
        room.centre.post("/api/v1/reservations/" + made.text("id") + "/cancel", room.centre.operators).status,
        300);
  }
  const auto named = room.reserve(room.kim, {{"node_ids", json::array{room.n2}}});
  ASSERT_EQ(named.status, 201) << named.text_body;
  EXPECT_EQ(named.text("node_ids/0"), room.n2) << "what is named by its id is meant";
}

TEST(GroupNodes, G9_ConsolidationOfAPoolIsOfAllItsNodes) {
  Parted room;
  const auto begun = room.start(room.hong, 30);
  const json::object started{{"boot_id", "boot-2"},
                             {"sequence", 1},
                             {"replica_id", begun.text("replicas/0/id")},
                             {"kind", "started"},
                             {"boottime_us", 2'000'000},
                             {"estimated", false},
                             {"observed_at", base::to_text(room.centre.clock.now())}};
  room.report_second({{"observations", json::array{started}}});
  for (const char* query : {"", "?pool=gpu-server", "?model=a100-40gb", "?pool=gpu-server&model=a100-40gb"}) {
    const auto proposal =
        room.centre.get(std::string("/api/v1/consolidation") + query, room.centre.operators);
    ASSERT_EQ(proposal.status, 200) << query << proposal.text_body;
    EXPECT_EQ(proposal.number("reason/parameters/runs"), 1) << query << proposal.text_body;
  }
}

TEST(GroupNodes, G9_AGroupsNodesGiveTheirCardsAsThePoolDoes) {
  Parted room;
  for (const Who& who : {room.hong, room.kim}) {
    auto body = workspace(who, "w", 0);
    body["spec"].as_object()["cards"] = 1;
    const auto whole = room.centre.post("/api/v1/workloads", who, body);
    EXPECT_EQ(whole.text("code"), "placement.blocks_only") << whole.text_body;
  }
}

TEST(GroupNodes, G9_APoolsNameHasNoMarkOfAGroup) {
  GroupRoom room;
  const auto refused = room.enrol("n3", "gpu-server@vision");
  EXPECT_EQ(refused.status, 422) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "node.pool_malformed");
  EXPECT_EQ(refused.text("errors/0/pointer"), "/pool");
}

}  // namespace
}  // namespace dure::tests
