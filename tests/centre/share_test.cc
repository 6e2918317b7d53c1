// Shares of cards as their nodes speak of them: how they are held, what of them was used, and what is in
// nobody's books.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/centre.h"
#include "centre/workspace.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// Thirty blocks of a card of the node n1, running since a moment ago.
struct ShareStage {
  Centre centre;
  Who user = centre.admit("hong01", 200);
  Started started;
  std::string card;
  std::int64_t sequence = 0;

  ShareStage() {
    centre.report_node();
    started = start_workspace(centre, user, "w", 30);
    report({{"observations", json::array{seen("started")}}});
    card = view().text("shares/0/card_id");
  }
  json::object seen(const std::string& kind) {
    json::object said = observation(started.replica, kind, ++sequence);
    said["observed_at"] = base::to_text(centre.clock.now());
    return said;
  }
  Reply report(const json::object& more = {}) { return centre.report_node(more); }
  Reply view() { return centre.get(started.path, user); }
  json::object reading(std::int64_t device_ms) {
    return {{"replica_id", started.replica},
            {"card_id", card},
            {"device_ns", device_ms * 1'000'000},
            {"elapsed_ns", device_ms * 2'000'000},
            {"memory_bytes", 3 << 20},
            {"memory_high_bytes", 5 << 20},
            {"refused", 7}};
  }
  json::object finding(const std::string& code, bool stopped = false) {
    return {{"replica_id", started.replica},
            {"card_id", card},
            {"reason", {{"code", code}, {"parameters", {{"card", card}, {"pid", 4242}}}}},
            {"found_at", base::to_text(centre.clock.now())},
            {"stopped", stopped}};
  }
  void change_pack(const std::string& insert) {
    const std::string after = "        unit: block\n";
    std::string text = s0_text();
    text.insert(text.find(after) + after.size(), insert);
    const auto loaded =
        centre.post("/api/v1/programmes", centre.operators,
                    {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", text}}}}});
    ASSERT_LT(loaded.status, 300) << json::serialize(loaded.body);
  }
  std::size_t audited(const std::string& action) {
    return centre.get("/api/v1/audit-entries?action=" + action, centre.operators)
        .body.at("items")
        .as_array()
        .size();
  }
};

TEST(Shares, P3_TheOrderSaysHowAShareIsHeldAndFollowsThePackInForce) {
  ShareStage stage;
  EXPECT_EQ(stage.report().text("replicas/0/shares/0/policy"), "hard") << "where the pack says nothing";
  EXPECT_EQ(stage.report().number("replicas/0/shares/0/weight"), 0);
  stage.change_pack("        share: borrow\n        share_weight: 5\n");
  const auto orders = stage.report();
  EXPECT_EQ(orders.text("replicas/0/shares/0/policy"), "borrow");
  EXPECT_EQ(orders.number("replicas/0/shares/0/weight"), 5);
  EXPECT_EQ(orders.number("replicas/0/shares/0/priority"), 0);
  EXPECT_EQ(orders.text("replicas/0/replica_id"), stage.started.replica) << "the same replica, running";
  stage.change_pack("        share: priority\n");
  EXPECT_EQ(stage.report().text("replicas/0/shares/0/policy"), "priority");
}

TEST(Shares, WhatIsReadOfThemIsShownAgainstWhatWasGiven) {
  ShareStage stage;
  EXPECT_EQ(stage.view().body.at("used_bp"), json::value()) << "nothing was measured";
  stage.centre.clock.advance(base::Span::seconds(100));  // 30 % of it: 30 s
  stage.report({{"readings", json::array{stage.reading(15'000)}}});
  const auto view = stage.view();
  EXPECT_EQ(view.number("used_bp"), 5000);
  EXPECT_EQ(view.number("uses/0/device_ns"), 15'000'000'000);
  EXPECT_EQ(view.number("uses/0/given_ns"), 30'000'000'000);
  EXPECT_EQ(view.number("uses/0/memory_high_bytes"), 5 << 20);
  EXPECT_EQ(view.number("uses/0/refused"), 7);
  EXPECT_EQ(view.text("uses/0/id"), view.text("shares/0/id"));
  stage.centre.clock.advance(base::Span::seconds(1));
  const auto usage = stage.centre.get("/api/v1/usage?allocation_id=" + stage.user.allocation, stage.user);
  EXPECT_EQ(usage.number("used_bp"), 5000) << json::serialize(usage.body);
  EXPECT_EQ(stage.centre.get("/api/v1/share-uses", stage.user).body.at("items").as_array().size(), 1u);
  const Who other = stage.centre.admit("kim02", 100);
  EXPECT_TRUE(stage.centre.get("/api/v1/share-uses", other).body.at("items").as_array().empty());
}

TEST(Shares, AReadingNeverFallsAndOneOfAnothersShareIsLeftOut) {
  ShareStage stage;
  stage.centre.clock.advance(base::Span::seconds(100));
  stage.report({{"readings", json::array{stage.reading(15'000)}}});
  stage.centre.clock.advance(base::Span::seconds(10));
  json::object unknown = stage.reading(99'000);
  unknown["replica_id"] = "00000000-0000-7000-8000-000000000001";
  stage.report({{"readings", json::array{stage.reading(2'000), unknown}}});
  EXPECT_EQ(stage.view().number("uses/0/device_ns"), 15'000'000'000) << "its files were lost";
  EXPECT_EQ(stage.view().number("uses/0/given_ns"), 33'000'000'000);
  EXPECT_EQ(stage.centre.get("/api/v1/share-uses", stage.centre.operators).body.at("items").as_array().size(),
            1u);
}

TEST(Shares, TheReadingThatComesWithTheEndCounts) {
  ShareStage stage;
  stage.centre.clock.advance(base::Span::seconds(100));
  json::object end = stage.seen("ended");
  stage.report({{"readings", json::array{stage.reading(12'000)}}, {"observations", json::array{end}}});
  EXPECT_EQ(stage.view().text("run/state"), "ended");
  EXPECT_EQ(stage.view().number("used_bp"), 4000);
  stage.centre.clock.advance(base::Span::seconds(100));
  stage.report({{"readings", json::array{stage.reading(12'000)}}});
  EXPECT_EQ(stage.view().number("used_bp"), 4000) << "nothing is given after the end";
}

TEST(Shares, AFindingIsToldOnceAndEndsWithWhatWasFound) {
  ShareStage stage;
  const json::array found{stage.finding("share.process_not_in_books")};
  stage.report({{"findings", found}});
  stage.report({{"findings", found}});
  EXPECT_EQ(stage.audited("shares.finding"), 1u) << "the same report again says nothing new";
  EXPECT_EQ(stage.view().text("findings/0/reason/code"), "share.process_not_in_books");
  EXPECT_EQ(stage.view().body.at("findings").as_array().size(), 1u);
  stage.report({{"findings", json::array{stage.finding("share.process_not_in_books", true)}}});
  EXPECT_EQ(stage.audited("shares.finding"), 1u);
  EXPECT_EQ(stage.audited("shares.stopped"), 1u);
  EXPECT_EQ(stage.view().body.at("findings").at(0).at("ended_at"), json::value());
  stage.report();
  EXPECT_NE(stage.view().body.at("findings").at(0).at("ended_at"), json::value());
  stage.report({{"findings", found}});
  EXPECT_EQ(stage.audited("shares.finding"), 2u) << "it came back";
}

TEST(Shares, AForeignProcessIsTheOperatorsToKnow) {
  ShareStage stage;
  json::object foreign = stage.finding("share.foreign_process");
  foreign["replica_id"] = "";
  stage.report({{"findings", json::array{foreign}}});
  EXPECT_EQ(stage.audited("shares.finding"), 1u);
  EXPECT_TRUE(stage.view().body.at("findings").as_array().empty()) << "it is nobody's workload";
  EXPECT_TRUE(stage.centre.get("/api/v1/share-findings", stage.user).body.at("items").as_array().empty());
  EXPECT_EQ(stage.centre.get("/api/v1/share-findings", stage.centre.operators).text("items/0/card_id"),
            stage.card);
}

TEST(Shares, AReportThatSaysWhatCannotBeIsRefusedWhole) {
  ShareStage stage;
  Who node;
  node.token = stage.centre.node_token;
  const auto send = [&](const char* member, json::object one) {
    return stage.centre.post("/node/v1/report", node,
                             {{"boot_id", "boot-1"}, {member, json::array{std::move(one)}}});
  };
  json::object negative = stage.reading(1);
  negative["device_ns"] = -1;
  EXPECT_EQ(send("readings", negative).text("code"), "number.out_of_range");
  json::object nameless = stage.reading(1);
  nameless["card_id"] = "";
  EXPECT_EQ(send("readings", nameless).text("errors/0/pointer"), "/readings/0");
  EXPECT_EQ(send("findings", stage.finding("no code")).text("errors/0/pointer"), "/findings/0/reason/code");
}

}  // namespace
}  // namespace dure::tests
