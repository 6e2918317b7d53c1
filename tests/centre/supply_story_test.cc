// The story of the 2025 procurement plan (S4) over the API, from the call to suppliers to capacity in
// service, with its figures.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/supply_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr std::int64_t kBudget = 1'460'000'000'000;

// The three suppliers of 2025 with what was published of them: GPUs, of which the government has.
struct S4 {
  Cast cast;
  Procurement plan{cast};
  std::string call = plan.open_call(kBudget).text("id");
  std::string naver = add("네이버클라우드", "220-81-62517", "h200", 382, 400'000'000'000, 2487);
  std::string nhn = add("엔에이치엔클라우드", "124-81-00998", "b200", 957, 800'000'000'000, 2007);
  std::string kakao = add("카카오엔터프라이즈", "120-81-47521", "b200", 303, 260'000'000'000, 1585);

  std::string add(const std::string& name, const std::string& number, const std::string& model,
                  std::int64_t servers, std::int64_t price, std::int64_t own_use_bp) {
    const auto who = plan.supplier(name, number, true).text("id");
    auto body = plan.proposal(call, who, servers, price, own_use_bp);
    body["items"].as_array()[0].as_object()["model"] = model;
    const auto made = plan.post("/api/v1/supplier-proposals", body);
    EXPECT_EQ(made.status, 201) << made.text_body;
    return made.text("id");
  }
  void decide() {
    plan.post(path_of("supplier-calls", call) + "/close");
    plan.judge(naver, plan.expert, {4500, 2800, 1700});
    plan.judge(nhn, plan.expert, {4800, 2500, 1700});
    plan.judge(kakao, plan.expert, {4000, 2500, 1600});
    const auto decided =
        plan.post(path_of("supplier-calls", call) + "/decide", {{"minutes", "평가위원회 회의록"}});
    EXPECT_EQ(decided.text("state"), "decided") << decided.text_body;
  }
  // Everything of the agreement in one batch that is in service from today on.
  std::string serve(const std::string& proposal, const std::string& model, std::int64_t servers) {
    auto body = plan.batch(plan.conclude(proposal), servers);
    body["item"].as_object()["model"] = model;
    const auto batch = plan.post("/api/v1/capacity-batches", body).text("id");
    plan.build(batch, "2026-09-01");
    EXPECT_EQ(plan.stage(batch, "users", "2026-09-01", {{"quantity", servers}}).text("state"), "in_service");
    return batch;
  }
};

TEST(Supply, A1_A2_A8_S4_SuppliersAreCalledForJudgedInThreePhasesAndSelectedWithinTheBudget) {
  S4 s4;
  const auto call = s4.plan.get(path_of("supplier-calls", s4.call));
  EXPECT_EQ(call.text("briefing_at"), "2026-09-03T01:00:00Z");
  EXPECT_EQ(call.number("budget_won"), kBudget);
  EXPECT_EQ(s4.cast.centre.get("/api/v1/supplier-calls").text("items/0/id"), s4.call) << "a call is public";
  EXPECT_EQ(s4.cast.centre.get("/api/v1/supplier-proposals").body.at("items").as_array().size(), 0u)
      << "what was handed in is not";
  s4.decide();
  const auto ranked = s4.plan.get("/api/v1/supplier-proposals?sort=rank");
  EXPECT_EQ(ranked.text("items/0/id"), s4.nhn) << "90 points as the other, and more of the first criterion";
  EXPECT_EQ(ranked.text("items/1/id"), s4.naver);
  EXPECT_EQ(ranked.number("items/0/rank"), 1);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ranked.text("items/" + std::to_string(i) + "/state"), "selected")
        << "the budget pays for all three";
  EXPECT_NE(ranked.text_body.find("supply.within_budget"), std::string::npos);
  const auto again = s4.plan.post(path_of("supplier-calls", s4.call) + "/decide", {{"minutes", "다른"}});
  EXPECT_EQ(again.text("minutes"), "평가위원회 회의록") << "decided once";
}

TEST(Supply, A1_A2_WhoWithdrawsIsNotRankedAndMayHandInAnew) {
  S4 s4;
  const auto path = path_of("supplier-proposals", s4.kakao);
  EXPECT_EQ(s4.plan.post(path + "/withdraw").text("state"), "withdrawn");
  EXPECT_EQ(s4.plan.post(path + "/withdraw").text("state"), "withdrawn") << "again, nothing more";
  s4.kakao = s4.add("카카오", "130-81-00009", "b200", 303, 255'000'000'000, 1585);
  s4.decide();
  const auto ranked = s4.plan.get("/api/v1/supplier-proposals?sort=rank&state=selected");
  EXPECT_EQ(ranked.body.at("items").as_array().size(), 3u);
  EXPECT_EQ(s4.plan.get(path).text("state"), "withdrawn") << "it is kept, and was given no rank";
  EXPECT_EQ(s4.plan.post(path_of("supplier-proposals", s4.kakao) + "/withdraw").text("code"),
            "supply.decided_already");
}

TEST(Supply, A3_S4_AnAgreementOfFiveYearsWithOwnerUserOwnUseAndPayments) {
  S4 s4;
  const auto early =
      s4.plan.post("/api/v1/supply-agreements", {{"supplier_proposal_id", s4.naver}, {"title", "t"}});
  EXPECT_EQ(early.text("code"), "supply.proposal_not_selected");
  s4.decide();
  const auto id = s4.plan.conclude(s4.naver);
  const auto path = path_of("supply-agreements", id);
  const auto agreement = s4.plan.get(path);
  EXPECT_EQ(agreement.text("state"), "in_force");
  EXPECT_EQ(agreement.text("owner"), "정보통신산업진흥원");
  EXPECT_EQ(agreement.text("using_organisation"), "국가AI컴퓨팅센터");
  EXPECT_EQ(agreement.text("starts_on"), "2026-09-01");
  EXPECT_EQ(agreement.text("ends_on"), "2031-08-31");
  EXPECT_EQ(agreement.number("own_use_bp"), 2487);
  EXPECT_EQ(agreement.number("payments/0/amount_won"), 280'000'000'000);
  EXPECT_EQ(agreement.text("payments/0/due_on"), "2026-10-01");
  EXPECT_EQ(agreement.number("payments/1/amount_won"), 120'000'000'000);
  EXPECT_EQ(agreement.text("payments/1/due_on"), "2026-12-01");
  EXPECT_EQ(s4.plan.post("/api/v1/supply-agreements", {{"supplier_proposal_id", s4.naver}, {"title", "t"}})
                .text("code"),
            "supply.agreement_known");
  EXPECT_EQ(
      s4.plan.post(path + "/move", {{"event", "amend"}, {"own_use_bp", 3001}, {"ground", "g"}}).text("code"),
      "supply.own_use_above");
  EXPECT_EQ(s4.plan.post(path + "/move", {{"event", "amend"}, {"own_use_bp", 2000}}).text("code"),
            "supply.ground_missing");
  EXPECT_EQ(s4.plan.post(path + "/move", {{"event", "amend"}, {"own_use_bp", 2000}, {"ground", "합의"}})
                .number("amendments"),
            1);
  EXPECT_EQ(s4.plan.post(path + "/move", {{"event", "sign"}}).text("code"), "supply.not_from_this_state");
}

TEST(Supply, A4_A5_A10_A11_S4_TheWayToServiceAndTheTargetBesideIt) {
  S4 s4;
  const std::string programme = s4.cast.centre.programme;
  const auto target = s4.plan.post("/api/v1/supply-targets", {{"programme_id", programme},
                                                              {"year", 2025},
                                                              {"gpus", 10'000},
                                                              {"budget_won", kBudget},
                                                              {"decided_by", "경제관계장관회의"},
                                                              {"decided_on", "2025-05-14"},
                                                              {"ground", "첨단 GPU 확보 추진방안"}});
  ASSERT_EQ(target.status, 201) << target.text_body;
  s4.decide();
  const auto status = [&] { return s4.plan.get("/api/v1/programmes/" + programme + "/supply?year=2025"); };
  EXPECT_EQ(number_in(status_row(status(), "total"), "agreed"), 0);
  const auto first = s4.serve(s4.naver, "h200", 382);
  auto now = status();
  EXPECT_EQ(now.text("target/decided_by"), "경제관계장관회의");
  EXPECT_EQ(number_in(status_row(now, "total"), "target"), 10'000);
  EXPECT_EQ(number_in(status_row(now, "h200"), "agreed"), 3056);
  EXPECT_EQ(number_in(status_row(now, "h200"), "delivered"), 3056);
  EXPECT_EQ(number_in(status_row(now, "h200"), "for_users"), 2296);

  // Delivered, and not let on: ordered and delivered count, in service does not.
  auto body = s4.plan.batch(s4.plan.conclude(s4.nhn), 957);
  body["item"].as_object()["model"] = "b200";
  const auto second = s4.plan.post("/api/v1/capacity-batches", body).text("id");
  s4.plan.build(second, "2026-09-01");
  now = status();
  EXPECT_EQ(number_in(status_row(now, "b200"), "accepted"), 7656);
  EXPECT_EQ(number_in(status_row(now, "b200"), "in_service"), 0);
  EXPECT_EQ(s4.plan
                .post(path_of("capacity-batches", second) + "/stages",
                      {{"stage", "users"}, {"planned_on", "2026-09-01"}, {"quantity", 957}})
                .status,
            200);
  EXPECT_EQ(number_in(status_row(status(), "b200"), "in_service"), 0) << "planned is not actual";
  EXPECT_EQ(s4.plan.stage(second, "users", "2026-09-01", {{"wave", 1}}).text("state"), "in_service");
  s4.serve(s4.kakao, "b200", 303);
  now = status();
  EXPECT_EQ(number_in(status_row(now, "total"), "in_service"), 13'136);
  EXPECT_EQ(number_in(status_row(now, "total"), "for_users"), 10'456);
  EXPECT_EQ(number_in(status_row(now, "b200"), "for_users"), 6120 + 2040);
  EXPECT_EQ(now.body.at("batches").as_array().size(), 3u);
  const auto batch = s4.plan.get(path_of("capacity-batches", second));
  EXPECT_EQ(batch.text("stages/6/planned_on"), "2026-09-01");
  EXPECT_EQ(batch.text("available_until"), "2031-08-31");
  EXPECT_EQ(s4.plan
                .post(path_of("supply-agreements", batch.text("supply_agreement_id")) + "/move",
                      {{"event", "terminate"}, {"ground", "g"}})
                .text("code"),
            "supply.batches_in_service");
  (void)first;
}

}  // namespace
}  // namespace dure::tests
