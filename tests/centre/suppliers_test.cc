// A1, A2, A8: calls to suppliers, their proposals and how these are judged, over the API; what is refused.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/supply_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

TEST(Supply, A1_A8_MembersGoFirstAndTheNextRankedWhereBudgetIsLeft) {
  Cast cast;
  Procurement plan(cast);
  const auto call = plan.open_call(100).text("id");
  const auto propose = [&](const std::string& name, const std::string& number, bool member,
                           std::int64_t price) {
    const auto who = plan.supplier(name, number, member).text("id");
    return plan.post("/api/v1/supplier-proposals", plan.proposal(call, who, 10, price, 0)).text("id");
  };
  const auto outside = propose("밖", "220-81-62517", false, 60);
  const auto member = propose("안", "124-81-00998", true, 50);
  const auto small = propose("작은", "120-81-47521", false, 40);
  const auto weak = propose("약한", "123-45-67891", true, 1);
  plan.post(path_of("supplier-calls", call) + "/close");
  plan.judge(outside, plan.expert, {5000, 3000, 2000});
  plan.judge(member, plan.expert, {4000, 2000, 1000});
  plan.judge(small, plan.expert, {4500, 2000, 1000});
  plan.judge(weak, plan.expert, {3000, 2000, 999});
  ASSERT_EQ(plan.post(path_of("supplier-calls", call) + "/decide", {{"minutes", "m"}}).status, 200);
  const auto look = [&](const std::string& id) { return plan.get(path_of("supplier-proposals", id)); };
  EXPECT_EQ(look(member).number("rank"), 1);
  EXPECT_EQ(look(member).text("state"), "selected");
  EXPECT_EQ(look(outside).number("rank"), 2);
  EXPECT_EQ(look(outside).text("state"), "reserve") << "60 of the 50 that are left";
  EXPECT_EQ(look(small).text("state"), "selected") << "the next one that fits";
  EXPECT_EQ(look(weak).text("state"), "not_selected") << "59.99 points";
  EXPECT_EQ(look(weak).text("grounds/1/code"), "supply.member_first");
  EXPECT_EQ(look(weak).text("grounds/2/code"), "supply.below_threshold");
  EXPECT_EQ(look(weak).number("centi_points"), 5999);
}

TEST(Supply, A2_NobodyJudgesInAConflictOfInterestTwiceOrBeforeTheClose) {
  Cast cast;
  Procurement plan(cast);
  const auto call = plan.open_call(100).text("id");
  const auto who = plan.supplier("가", "220-81-62517", true).text("id");
  const auto made = plan.post("/api/v1/supplier-proposals", plan.proposal(call, who, 10, 50, 0)).text("id");
  const std::string path = path_of("supplier-proposals", made) + "/evaluations";
  const auto judge = [&](const Who& expert, const json::object& body) {
    return cast.centre.post(path, expert, body);
  };
  EXPECT_EQ(judge(plan.expert, {{"phase", "site_visit"}}).text("code"), "supply.call_state");
  plan.post(path_of("supplier-calls", call) + "/close");
  const auto declared =
      judge(plan.expert, {{"phase", "written"}, {"conflict", "same_unit"}, {"comment", "같은 학과"}});
  EXPECT_EQ(declared.status, 201) << declared.text_body;
  const auto refused = judge(plan.expert, {{"phase", "site_visit"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.text("code"), "supply.conflict_declared");
  EXPECT_EQ(plan.post(path_of("supplier-calls", call) + "/decide", {{"minutes", "m"}}).text("code"),
            "supply.evaluation_missing");
  plan.judge(made, plan.another, {5000, 3000, 2000});
  EXPECT_EQ(judge(plan.another, {{"phase", "site_visit"}, {"passed", false}}).text("code"),
            "supply.evaluated_already");
  EXPECT_EQ(
      cast.centre.send("PUT", path_of("supplier-evaluations", declared.text("id")), plan.expert.token).status,
      405)
      << "it is never changed";
  EXPECT_EQ(plan.post(path_of("supplier-calls", call) + "/decide", {{"minutes", "m"}}).status, 200);
  EXPECT_EQ(judge(plan.another, {{"phase", "written"}}).text("code"), "supply.call_state");
}

TEST(Supply, A1_WrongInputsAreToldPlainlyAndNothingIsDone) {
  Cast cast;
  Procurement plan(cast);
  EXPECT_EQ(plan.supplier("가", "123-45-67890", false).text("code"), "supply.business_number");
  EXPECT_EQ(plan.supplier("", "220-81-62517", false).text("code"), "supply.text_missing");
  const auto made = plan.supplier("가", "2208162517", false);
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(made.text("contact/phone"), "010-****-5678");
  EXPECT_EQ(plan.supplier("나", "220-81-62517", false).text("parameters/id"), made.text("id"));
  EXPECT_EQ(plan.supplier("900101-1234568", "124-81-00998", false).text("code"), "form.resident_number");
  EXPECT_EQ(plan.open_call(-1).text("code"), "number.out_of_range");
  const auto call = plan.open_call(100).text("id");
  const auto propose = [&](const std::string& member, const json::value& value) {
    auto body = plan.proposal(call, made.text("id"), 10, 50, 0);
    body[member] = value;
    return plan.post("/api/v1/supplier-proposals", body);
  };
  EXPECT_EQ(propose("price_won", 101).text("code"), "supply.price_above_budget");
  EXPECT_EQ(propose("own_use_bp", 3001).text("code"), "supply.own_use_above");
  EXPECT_EQ(propose("items", json::array{}).text("code"), "supply.no_items");
  EXPECT_EQ(propose("full_service_on", "2026-09-30").text("code"), "supply.dates_reversed");
  EXPECT_EQ(propose("supplier_id", "nobody").text("code"), "supply.no_such_row");
  EXPECT_EQ(plan.get("/api/v1/supplier-proposals").body.at("items").as_array().size(), 0u);
  EXPECT_EQ(propose("site", "판교").status, 201);
  EXPECT_EQ(propose("site", "판교").text("code"), "supply.proposed_already");
  auto batch = plan.batch("", 1);
  batch["pool"] = "nowhere";
  EXPECT_EQ(plan.post("/api/v1/capacity-batches", batch).text("code"), "supply.no_such_pool");
}

TEST(Supply, A1_WhereThePackDoesNotSpeakOfSupplyThereIsNone) {
  Cast cast;
  const auto refused = cast.centre.post(
      "/api/v1/suppliers", cast.centre.operators,
      {{"programme_id", cast.centre.programme}, {"name", "가"}, {"business_number", "220-81-62517"}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.text("code"), "supply.section_off");
}

}  // namespace
}  // namespace dure::tests
