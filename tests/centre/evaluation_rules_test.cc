// E2, E6, E10, E14, D15 and invariants 3, 4, 5 and 7 over HTTP: what reviewers, the chair and the office may
// do, and what they may not.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/evaluation_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// AICA's call with two applications and a panel of three, evaluating.
struct Sitting {
  explicit Sitting(bool assign = true) : it("s1-aica-2024", kMarch) {
    a = it.apply({"appa", "가나연구소", 400, "bow"});
    b = it.apply({"appb", "다라연구소", 400, "bow"});
    round = it.cut_off("2024-03-15");
    panel = it.seat_panel(round, 3);
    if (assign) it.evaluate(round);
  }
  std::string review(const Who& applicant, const std::string& login) {
    return it.review_of(round, applicant, it.people[login]);
  }
  Reply as(const std::string& login, const std::string& target, const json::object& body = {}) {
    return it.post_as(it.people[login], target, body);
  }

  Evaluation it;
  Who a, b;
  std::string round;
  std::string panel;
};

std::string reviews(const std::string& id, const std::string& step) {
  return "/api/v1/reviews/" + id + "/" + step;
}

TEST(EvaluationRules, E2_Invariant4_PointsStayWithinTheCriteriaAndALockedReviewNeverChanges) {
  Sitting sit;
  auto& it = sit.it;
  const auto id = sit.review(sit.a, "r2");
  EXPECT_EQ(it.submit(id, it.people["r2"], {3001, 0, 0, 0}).text("errors/0/code"), "evaluation.points_above");
  EXPECT_EQ(sit.as("r2", reviews(id, "submit"), scores_of(it.pack, {2500, 2600, 1600})).text("errors/0/code"),
            "evaluation.criterion_missing");
  EXPECT_EQ(sit.as("r2", reviews(id, "draft"), scores_of(it.pack, {2500, 2600})).text("state"),
            "in_progress");
  // Sub-items, where they are given one by one, add up: the second criterion of AICA's has two.
  auto body = scores_of(it.pack, {2500, 2600, 1600, 1300});
  body["scores"].as_array()[1].as_object()["items"] = json::array{1300, 1200};
  EXPECT_EQ(sit.as("r2", reviews(id, "submit"), body).text("errors/0/code"), "evaluation.items_sum");
  body["scores"].as_array()[1].as_object()["items"] = json::array{1300, 1300};
  EXPECT_EQ(sit.as("r2", reviews(id, "submit"), body).text("state"), "submitted");
  EXPECT_EQ(sit.as("r2", reviews(id, "lock")).text("code"), "evaluation.not_chair");
  EXPECT_EQ(sit.as("r1", reviews(id, "lock")).text("state"), "locked");
  EXPECT_EQ(sit.as("r2", reviews(id, "submit"), body).text("code"), "state.not_from_this_state");
  EXPECT_EQ(sit.as("r2", reviews(id, "draft"), body).text("code"), "state.not_from_this_state");
  EXPECT_EQ(sit.as("r1", reviews(id, "reopen"), {{"ground", ""}}).text("code"), "evaluation.ground_missing");
  const auto again = sit.as("r1", reviews(id, "reopen"), {{"ground", "합계를 다시 확인함"}});
  EXPECT_EQ(again.text("state"), "in_progress");
  EXPECT_EQ(again.number("reopened"), 1);
  EXPECT_EQ(it.post(reviews(id, "lock")).status, 403) << "the office is not the chair";
}

TEST(EvaluationRules, E2_AReviewerSeesHisOwnReviewsAndNobodysElse) {
  Sitting sit;
  const auto own = sit.it.centre.get("/api/v1/reviews?limit=100", sit.it.people["r2"]);
  EXPECT_EQ(own.body.at("items").as_array().size(), 2u);
  const auto other = sit.review(sit.a, "r3");
  EXPECT_EQ(sit.it.centre.get("/api/v1/reviews/" + other, sit.it.people["r2"]).status, 403);
  EXPECT_NE(sit.as("r2", reviews(other, "accept")).status, 200);
  EXPECT_EQ(sit.it.centre.get("/api/v1/reviews/" + other, sit.a).status, 404) << "nor does the applicant";
  EXPECT_EQ(sit.it.centre.get("/api/v1/rankings", sit.it.people["r2"]).body.at("items").as_array().size(),
            0u);
}

TEST(EvaluationRules, E14_Invariant5_WhoHasAConflictReadsNothingAndGivesNoPointsUntilItEnds) {
  Sitting sit;
  auto& it = sit.it;
  const auto id = sit.review(sit.a, "r2");
  const auto document = it.get("/api/v1/documents?application_id=" + sit.a.application).text("items/0/id");
  const std::string content = "/api/v1/documents/" + document + "/content?ground=review";
  EXPECT_EQ(it.centre.get(content, it.people["r2"]).status, 200);
  const json::object mine{
      {"application_id", sit.a.application}, {"round_id", sit.round}, {"kind", "relative"}};
  const auto declared = sit.as("r2", "/api/v1/conflicts-of-interest", mine);
  ASSERT_EQ(declared.text("state"), "unresolved") << declared.text_body;
  EXPECT_EQ(declared.text("severity"), "serious");
  EXPECT_EQ(sit.as("r2", "/api/v1/conflicts-of-interest", mine).text("id"), declared.text("id"));
  EXPECT_EQ(it.get("/api/v1/reviews/" + id).text("state"), "conflicted");
  EXPECT_EQ(it.centre.get(content, it.people["r2"]).text("code"), "evaluation.conflict_open");
  // Nor the application itself, masked or not, nor anything that hangs on it, alone or in a list.
  const std::string application = "/api/v1/applications/" + sit.a.application;
  const auto items = [&](const std::string& list, const Who& who) {
    const auto page = it.centre.get("/api/v1/" + list + "?limit=500", who);
    EXPECT_EQ(page.status, 200) << page.text_body;
    std::size_t of_a = page.text_body.find(sit.a.application) == std::string::npos ? 0 : 1;
    std::size_t of_b = page.text_body.find(sit.b.application) == std::string::npos ? 0 : 1;
    return std::to_string(of_a) + std::to_string(of_b);
  };
  const Who& r2 = it.people["r2"];
  EXPECT_EQ(it.centre.get(application, r2).text("code"), "evaluation.conflict_open");
  EXPECT_EQ(it.centre.get(application + "?reveal=x", r2).text("code"), "evaluation.conflict_open");
  EXPECT_EQ(it.centre.get("/api/v1/documents/" + document, r2).text("code"), "evaluation.conflict_open");
  EXPECT_EQ(items("applications", r2) + " " + items("documents", r2), "01 01");
  EXPECT_EQ(items("applications", it.people["r3"]) + " " + items("documents", it.people["r3"]), "11 11");
  EXPECT_EQ(it.centre.get("/api/v1/applications/" + sit.b.application, r2).status, 200);
  EXPECT_EQ(sit.as("r2", reviews(id, "accept")).text("code"), "evaluation.conflict_open");
  EXPECT_EQ(sit.as("r2", reviews(id, "draft"), scores_of(it.pack, {1, 1, 1, 1})).text("code"),
            "evaluation.conflict_open");
  EXPECT_EQ(it.centre.get(content, it.people["r3"]).status, 200) << "it is between him and that application";
  const std::string resolve = "/api/v1/conflicts-of-interest/" + declared.text("id") + "/resolve";
  EXPECT_EQ(sit.as("r2", resolve, {{"outcome", "waived"}, {"ground", "전문성"}}).text("code"),
            "evaluation.own_conflict");
  EXPECT_EQ(sit.as("r3", resolve, {{"outcome", "waived"}, {"ground", "전문성"}}).text("code"),
            "evaluation.not_chair");
  EXPECT_EQ(sit.as("r1", resolve, {{"outcome", "waived"}, {"ground", ""}}).text("code"),
            "evaluation.ground_missing");
  EXPECT_EQ(sit.as("r1", resolve, {{"outcome", "waived"}, {"ground", "전문성이 필요함"}}).text("state"),
            "waived");
  EXPECT_EQ(sit.as("r1", resolve, {{"outcome", "recused"}, {"ground", "x"}}).text("code"),
            "evaluation.conflict_resolved");
  EXPECT_EQ(it.centre.get(application, it.people["r2"]).status, 200) << "it is open again";
  EXPECT_EQ(it.get("/api/v1/reviews/" + id).text("state"), "assigned");
  EXPECT_EQ(it.centre.get(content, it.people["r2"]).status, 200);
  EXPECT_EQ(it.submit(id, it.people["r2"], {100, 100, 100, 100}).text("state"), "submitted");
}

TEST(EvaluationRules, E14_Invariant5_PointsThatWereGivenBeforeAConflictDoNotCount) {
  Sitting sit;
  auto& it = sit.it;
  for (const Who* who : {&sit.a, &sit.b}) it.score(sit.round, *who, {20, 20, 20, 20});
  const auto declared =
      sit.as("r3", "/api/v1/conflicts-of-interest",
             {{"application_id", sit.a.application}, {"round_id", sit.round}, {"kind", "participant"}});
  const auto locked = it.get("/api/v1/reviews/" + sit.review(sit.a, "r3"));
  EXPECT_EQ(locked.text("state"), "locked") << "it stays as it is";
  const auto ranking = it.rank(sit.round, "shared-bow", 16, "gpu");
  const auto result = it.get("/api/v1/rankings/" + ranking.text("id") + "/result");
  std::map<std::string, std::int64_t> counted;
  for (const auto& each : result.body.at("ranking").as_array())
    counted[std::string(each.at("id").as_string())] = each.at("reviews_counted").as_int64();
  EXPECT_EQ(counted[sit.a.application], 2);
  EXPECT_EQ(counted[sit.b.application], 3);
}

TEST(EvaluationRules, E14_ConflictsAreFoundByRuleWhenReviewsAreAssigned) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto a = it.apply({"appa", "가나 연구소", 400, "bow"});
  const auto round = it.cut_off("2024-03-15");
  const auto panel = it.post("/api/v1/panels", {{"round_id", round}}).text("id");
  it.post("/api/v1/panels/" + panel + "/resize", {{"size", 3}, {"ground", "축소"}});
  const std::vector<std::pair<std::string, std::string>> seats{
      {"가나연구소", "연구실"}, {"가나연구소", "인사팀"}, {"밖", "연구실"}};
  for (std::size_t i = 0; i < seats.size(); ++i) {
    const auto who = it.hire("r" + std::to_string(i + 1));
    const auto asked = it.post("/api/v1/panels/" + panel + "/members", {{"account_id", who.account},
                                                                        {"organisation", seats[i].first},
                                                                        {"unit", seats[i].second},
                                                                        {"outside_expert", true},
                                                                        {"chair", i == 2}});
    it.post_as(who, "/api/v1/panel-members/" + asked.text("id") + "/respond", {{"accept", true}});
  }
  it.evaluate(round);
  const auto state = [&](const std::string& login) {
    return it.get("/api/v1/reviews/" + it.review_of(round, a, it.people[login])).text("state");
  };
  const auto kind = [&](const std::string& login) {
    return it.get("/api/v1/conflicts-of-interest?account_id=" + it.people[login].account)
        .text("items/0/kind");
  };
  EXPECT_EQ(kind("r1"), "same_unit") << "names are compared without white space";
  EXPECT_EQ(kind("r2"), "same_organisation");
  EXPECT_EQ(kind("r3"), "");
  EXPECT_EQ(state("r1") + " " + state("r2") + " " + state("r3"), "conflicted conflicted assigned");
  const auto first = it.get("/api/v1/conflicts-of-interest?account_id=" + it.people["r1"].account);
  EXPECT_EQ(first.text("items/0/origin"), "rule");
  const std::string path = "/api/v1/conflicts-of-interest/" + first.text("items/0/id") + "/resolve";
  EXPECT_EQ(
      it.post_as(it.people["r1"], path, {{"outcome", "recused"}, {"ground", "같은 부서"}}).text("state"),
      "recused")
      << "one may stand back oneself";
  EXPECT_EQ(state("r1"), "declined");
}

// Of the programmes that a claim may name the form has the first and the third, the plan the last two.
constexpr const char* kInTheForm = "AI 집적단지 실증사업";
constexpr const char* kInThePlan = "AI 집적단지 조성사업";
constexpr const char* kInBoth = "AI 융합 연구개발사업";

void name_programmes(model::Form1& form) {
  (*form.answers)["other_programmes"] = {std::string(kInTheForm) + ", " + kInBoth};
  form.plan.content += std::string(" ") + kInThePlan + "과 " + kInBoth + "을 수행합니다.";
}

// The claim of who applied, with its first document as evidence.
Reply claim_contract(Evaluation& it, const Who& who) {
  const auto document = it.get("/api/v1/documents?application_id=" + who.application).text("items/0/id");
  return it.post_as(who, "/api/v1/bonus-claims",
                    {{"application_id", who.application},
                     {"rule", "cluster-contractor"},
                     {"evidence", json::array{document}}});
}

TEST(EvaluationRules, E6_D15_PriorityApplicantsAreEvaluatedFirstAndRankedByTheirPoints) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto first = it.apply({"appa", "A", 400, "bow"});
  const auto preferred = it.apply({"appb", "B", 400, "bow", {}, "연구실", true, name_programmes});
  const auto claim = claim_contract(it, preferred);
  ASSERT_EQ(claim.text("state"), "claimed") << claim.text_body;
  const std::string decide = "/api/v1/bonus-claims/" + claim.text("id") + "/decide";
  EXPECT_NE(it.post_as(preferred, decide, {{"granted", true}, {"ground", "x"}}).status, 200);
  // It counts only with the programme's name, in form and plan alike.
  const auto grant = [&](const char* programme) {
    return it.post(decide, {{"granted", true}, {"ground", "수행기관임을 확인함"}, {"programme", programme}});
  };
  EXPECT_EQ(it.post(decide, {{"granted", true}, {"ground", "수행기관임을 확인함"}}).text("code"),
            "evaluation.programme_missing");
  for (const char* unnamed : {kInTheForm, kInThePlan}) {
    const auto refused = grant(unnamed);
    EXPECT_EQ(refused.text("code"), "evaluation.condition_not_met") << unnamed;
    EXPECT_EQ(refused.text("errors/0/code"), "eligibility.programme_not_named");
  }
  EXPECT_EQ(it.get("/api/v1/bonus-claims/" + claim.text("id")).text("state"), "claimed");
  const auto granted = grant(kInBoth);
  EXPECT_EQ(granted.text("state"), "granted") << granted.text_body;
  EXPECT_EQ(granted.text("programme"), kInBoth);
  const auto round = it.cut_off("2024-03-15");
  it.seat_panel(round, 3);
  it.evaluate(round);
  const auto entries = it.get("/api/v1/round-entries?round_id=" + round + "&sort=position");
  EXPECT_EQ(entries.text("items/0/application_id"), preferred.application) << "filed later, evaluated first";
  EXPECT_EQ(entries.text("items/0/priority"), "cluster-contractor");
  const auto other = it.review_of(round, first, it.people["r2"]);
  EXPECT_EQ(it.submit(other, it.people["r2"], {2500, 2500, 1500, 1500}).text("code"),
            "evaluation.priority_first");
  it.score(round, preferred, {20, 20, 15, 15});
  it.score(round, first, {25, 25, 15, 15});
  const auto ranking = it.rank(round, "shared-bow", 4, "gpu");
  const auto result = it.get("/api/v1/rankings/" + ranking.text("id") + "/result");
  EXPECT_EQ(result.text("ranking/0/id"), first.application)
      << "points decide the rank (priority_effect: schedule)";
  EXPECT_EQ(result.text("evaluation_order/0"), preferred.application);
}

TEST(EvaluationRules, E6_WhereThePackRanksByPriorityItComesBeforePoints) {
  Evaluation it("s1-aica-2024", kMarch, R"(
format: dure-policy/1
layer: call
id: ranked-by-priority
version: "1"
selection:
  priority_effect: {value: rank, source: "시험", confidence: chosen}
)");
  const auto first = it.apply({"appa", "A", 400, "bow"});
  const auto preferred = it.apply({"appb", "B", 400, "bow", {}, "연구실", true, name_programmes});
  const auto claim = claim_contract(it, preferred);
  const auto granted = it.post("/api/v1/bonus-claims/" + claim.text("id") + "/decide",
                               {{"granted", true}, {"ground", "확인함"}, {"programme", kInBoth}});
  ASSERT_EQ(granted.text("state"), "granted") << granted.text_body;
  const auto round = it.cut_off("2024-03-15");
  it.seat_panel(round, 3);
  it.evaluate(round);
  it.score(round, first, {25, 25, 15, 15});
  it.score(round, preferred, {20, 20, 15, 15});
  const auto ranking = it.rank(round, "shared-bow", 4, "gpu");
  const auto result = it.get("/api/v1/rankings/" + ranking.text("id") + "/result");
  EXPECT_EQ(result.text("ranking/0/id"), preferred.application);
}

TEST(EvaluationRules, E10_Invariant7_ThePanelMayFindAnotherAmountRightAndMoreNeedsADecision) {
  Sitting sit;
  auto& it = sit.it;
  const auto entry = [&](const Who& who) {
    return it.get("/api/v1/round-entries?application_id=" + who.application).text("items/0/id");
  };
  const std::string path = "/api/v1/round-entries/" + entry(sit.a) + "/recommend";
  const auto amount = [](std::int64_t count) { return json::object{{"count", count}, {"unit", "gpu"}}; };
  EXPECT_EQ(sit.as("r2", path, {{"amount", amount(2)}, {"ground", "충분함"}}).text("code"),
            "evaluation.not_chair");
  EXPECT_EQ(sit.as("r1", path, {{"amount", amount(3)}, {"ground", "충분함"}}).text("code"),
            "evaluation.not_on_menu");
  EXPECT_EQ(sit.as("r1", path, {{"amount", amount(2)}, {"ground", ""}}).status, 422);
  EXPECT_EQ(sit.as("r1", path, {{"amount", amount(8)}, {"ground", "더 필요함"}}).text("code"),
            "evaluation.more_undecided");
  EXPECT_EQ(sit.as("r1", path, {{"amount", amount(2)}, {"ground", "두 장이면 충분함"}}).status, 200);
  EXPECT_EQ(sit.as("r1", "/api/v1/round-entries/" + entry(sit.b) + "/recommend",
                   {{"amount", amount(8)}, {"ground", "더 필요함"}, {"decision", "회의록 3항"}})
                .status,
            200);
  for (const Who* who : {&sit.a, &sit.b}) it.score(sit.round, *who, {20, 20, 15, 15});
  it.minutes(sit.panel);
  const auto ranking = it.rank(sit.round, "shared-bow", 16, "gpu");
  EXPECT_EQ(it.confirm(ranking.text("id")).text("state"), "confirmed");
  const auto award = [&](const Who& who) {
    return it.get("/api/v1/awards?application_id=" + who.application);
  };
  EXPECT_EQ(award(sit.a).number("items/0/requested/blocks"), 400);
  EXPECT_EQ(award(sit.a).number("items/0/recommended/blocks"), 200);
  EXPECT_EQ(award(sit.a).number("items/0/awarded/blocks"), 200);
  EXPECT_EQ(award(sit.b).number("items/0/awarded/blocks"), 800);
}

TEST(EvaluationRules, E1_ThePanelHasThePacksSizeAChairAndMembersWhoAccepted) {
  Evaluation it("s1-aica-2024", kMarch);
  it.apply({"appa", "A", 400, "bow"});
  const auto round = it.cut_off("2024-03-15");
  EXPECT_EQ(it.post("/api/v1/rounds/" + round + "/evaluate").text("code"), "evaluation.panel_missing");
  const auto panel = it.post("/api/v1/panels", {{"round_id", round}});
  EXPECT_EQ(panel.number("size"), 7) << "as the pack says";
  const std::string resize = "/api/v1/panels/" + panel.text("id") + "/resize";
  EXPECT_EQ(it.post(resize, {{"size", 5}, {"ground", ""}}).text("code"), "evaluation.ground_missing");
  EXPECT_EQ(it.post("/api/v1/panels", {{"round_id", round}}).text("code"), "evaluation.panel_there");
  const std::string members = "/api/v1/panels/" + panel.text("id") + "/members";
  const auto invite = [&](const Who& who, bool chair) {
    return it.post(
        members,
        {{"account_id", who.account}, {"organisation", "밖"}, {"outside_expert", true}, {"chair", chair}});
  };
  const auto clerk = it.hire("clerk", "auditor");
  EXPECT_EQ(invite(clerk, false).text("code"), "evaluation.not_a_reviewer");
  std::vector<std::string> invitations;
  for (int i = 1; i <= 7; ++i) {
    const auto who = it.hire("r" + std::to_string(i));
    invitations.push_back(invite(who, i == 1).text("id"));
  }
  const auto eighth = it.hire("r8");
  EXPECT_EQ(invite(eighth, false).text("code"), "evaluation.panel_full");
  EXPECT_EQ(it.post(resize, {{"size", 5}, {"ground", "축소"}}).text("code"), "evaluation.panel_full");
  EXPECT_EQ(invite(it.people["r2"], false).text("code"), "evaluation.member_there");
  const auto respond = [&](int i, bool accept) {
    return it.post_as(it.people["r" + std::to_string(i)],
                      "/api/v1/panel-members/" + invitations[static_cast<std::size_t>(i - 1)] + "/respond",
                      {{"accept", accept}});
  };
  EXPECT_NE(
      it.post_as(it.people["r2"], "/api/v1/panel-members/" + invitations[0] + "/respond", {{"accept", true}})
          .status,
      200)
      << "somebody else's";
  for (int i = 1; i <= 6; ++i) EXPECT_EQ(respond(i, true).text("state"), "accepted");
  EXPECT_EQ(respond(7, false).text("state"), "declined");
  EXPECT_EQ(it.post("/api/v1/rounds/" + round + "/evaluate").text("code"), "evaluation.panel_short");
  EXPECT_EQ(invite(eighth, true).text("code"), "evaluation.chair_there");
  invitations.push_back(invite(eighth, false).text("id"));
  EXPECT_EQ(respond(8, true).text("state"), "accepted");
  EXPECT_EQ(it.post("/api/v1/rounds/" + round + "/evaluate").text("state"), "evaluating");
}

TEST(EvaluationRules, Invariant3_WithoutAPanelsRankingThereIsNoAwardButByARecordedWaiver) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto a = it.apply({"appa", "A", 400, "bow"});
  const auto refused = it.apply({"appb", "B", 400, "bow", {}, "연구실", false});
  const auto waived = it.apply({"appc", "C", 400, "bow", {}, "연구실", false});
  EXPECT_EQ(it.post("/api/v1/applications/" + a.application + "/decision",
                    {{"verdict", "approve"}, {"ground", "x"}})
                .text("code"),
            "evaluation.panel_decides");
  const auto round = it.cut_off("2024-03-15");
  const auto panel = it.seat_panel(round, 3);
  EXPECT_EQ(it.post("/api/v1/rounds/" + round + "/evaluate").text("code"), "evaluation.items_open")
      << "nobody has looked at their screening";
  for (const Who* who : {&refused, &waived})
    EXPECT_EQ(it.settle(who->application, false).text("state"), "ineligible");
  const std::string entries = "/api/v1/rounds/" + round + "/entries";
  EXPECT_EQ(it.post(entries, {{"application_id", waived.application}, {"ground", ""}}).text("code"),
            "evaluation.ground_missing");
  EXPECT_EQ(it.post(entries, {{"application_id", a.application}, {"ground", "x"}}).text("code"),
            "evaluation.not_to_admit");
  EXPECT_EQ(it.post(entries, {{"application_id", waived.application}, {"ground", "심의위원회 의결"}}).status,
            201);
  it.evaluate(round);
  EXPECT_EQ(
      it.get("/api/v1/reviews?application_id=" + refused.application).body.at("items").as_array().size(), 0u);
  for (const Who* who : {&a, &waived}) it.score(round, *who, {20, 20, 15, 15});
  it.minutes(panel);
  const auto ranking = it.rank(round, "shared-bow", 16, "gpu");
  EXPECT_EQ(it.confirm(ranking.text("id")).text("state"), "confirmed");
  EXPECT_EQ(it.state_of(a) + " " + it.state_of(waived) + " " + it.state_of(refused),
            "selected selected ineligible");
}

// What the keeper does by itself, the office may do a moment earlier; not before the day is over.
TEST(EvaluationRules, B3_ARoundIsCutOffByHandOnceItsDayIsOver) {
  Evaluation it("s1-aica-2024", "2024-03-15T00:00:00Z");
  const auto planned = it.post("/api/v1/rounds", {{"call_id", it.call}, {"cutoff_on", "2024-03-15"}});
  ASSERT_EQ(planned.status, 201) << planned.text_body;
  const auto path = "/api/v1/rounds/" + planned.text("id") + "/cut-off";
  EXPECT_EQ(it.post(path).text("code"), "evaluation.cutoff_not_yet");
  it.advance(base::Span::days(1));
  const auto cut = it.post(path);
  EXPECT_EQ(cut.status, 200) << cut.text_body;
  EXPECT_EQ(cut.text("state"), "cutoff");
}

}  // namespace
}  // namespace dure::tests
