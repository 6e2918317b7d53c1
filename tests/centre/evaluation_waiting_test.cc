// B13, C8, E7, E8, E9, E12, F7 and appeals over HTTP, each with the pack that has it.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/evaluation_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kApril = "2026-04-06T00:00:00Z";
constexpr const char* kLeased = "leased-servers";

// The research programme of 2026 with so many servers in service, and a small panel.
struct Research {
  explicit Research(std::int64_t servers, const std::string& more = "")
      : it("s3-research-2026", kApril, more) {
    it.build(kLeased, "h200", servers, 8);
  }
  Who apply(const std::string& login, const std::string& organisation, std::int64_t servers,
            const std::string& track = "general") {
    return it.apply({login, organisation, servers * 800, "h200", track});
  }
  // Points of each, to the awards.
  void decide(const std::vector<std::pair<Who, std::int64_t>>& points, std::int64_t servers) {
    round = it.cut_off("2026-04-30");
    const auto panel = it.seat_panel(round, 2);
    it.evaluate(round);
    for (const auto& [who, each] : points) it.score(round, who, {each, 20, 20});
    it.minutes(panel);
    ranking = it.rank(round, kLeased, servers, "server");
    EXPECT_EQ(ranking.status, 201) << ranking.text_body;
    const auto confirmed = it.confirm(ranking.text("id"));
    EXPECT_EQ(confirmed.text("state"), "confirmed") << confirmed.text_body;
  }

  Evaluation it;
  std::string round;
  Reply ranking;
};

TEST(EvaluationWaiting, E8_ThirtyPercentGoFirstToYoungResearchers) {
  Research plan(10);
  const auto young = plan.apply("young1", "신진대", 3, "young-researcher");
  const auto first = plan.apply("general1", "가대", 5);
  const auto second = plan.apply("general2", "나대", 5);
  plan.decide({{young, 10}, {first, 40}, {second, 30}}, 10);
  EXPECT_EQ(plan.it.told(plan.round), "가대 selected 4000; 나대 waitlisted 0; 신진대 selected 2400")
      << "three of ten servers are the track's, whatever its points";
}

TEST(EvaluationWaiting, E9_ASecondAwardOfAnInstitutionTakesPointsOff) {
  Research plan(2);
  const auto first = plan.apply("one1", "같은대", 1);
  const auto again = plan.apply("one2", "같은대", 1);
  const auto other = plan.apply("two1", "다른대", 1);
  plan.decide({{first, 40}, {again, 39}, {other, 39}}, 2);
  EXPECT_EQ(plan.it.state_of(first), "selected");
  EXPECT_EQ(plan.it.state_of(again), "waitlisted") << "one point less at its turn, and so behind";
  EXPECT_EQ(plan.it.state_of(other), "selected");
}

TEST(EvaluationWaiting, E7_ABonusCountsOnceAnOfficialGrantedIt) {
  Research plan(1, kProof);
  auto& it = plan.it;
  const auto apply = [&](const std::string& login, const std::string& organisation, const char* region) {
    return it.apply({login, organisation, 800, "h200", "general", "연구실", true,
                     [region](model::Form1& form) { form.applicant.region = region; }});
  };
  const auto first = apply("one1", "서울대", "seoul");
  const auto outside = apply("two1", "울산대", "ulsan");
  const auto evidence = it.get("/api/v1/documents?application_id=" + outside.application).text("items/0/id");
  json::object wish{{"application_id", outside.application}, {"rule", "outside-the-capital"}};
  EXPECT_EQ(it.post_as(outside, "/api/v1/bonus-claims", wish).text("code"), "evaluation.evidence_missing");
  wish["evidence"] = json::array{evidence};
  wish["rule"] = "no-such-rule";
  EXPECT_EQ(it.post_as(outside, "/api/v1/bonus-claims", wish).text("code"), "evaluation.rule_unknown");
  wish["rule"] = "outside-the-capital";
  const auto claim = it.post_as(outside, "/api/v1/bonus-claims", wish);
  ASSERT_EQ(claim.status, 201) << claim.text_body;
  EXPECT_EQ(it.post("/api/v1/bonus-claims/" + claim.text("id") + "/decide",
                    {{"granted", true}, {"ground", "비수도권 소재를 확인함"}})
                .text("state"),
            "granted");
  // Who is in the capital region gets none, whoever says so.
  const auto paper = it.get("/api/v1/documents?application_id=" + first.application).text("items/0/id");
  const auto wrong = it.post_as(first, "/api/v1/bonus-claims",
                                {{"application_id", first.application},
                                 {"rule", "outside-the-capital"},
                                 {"evidence", json::array{paper}}});
  const std::string decide = "/api/v1/bonus-claims/" + wrong.text("id") + "/decide";
  const auto refused = it.post(decide, {{"granted", true}, {"ground", "확인함"}});
  EXPECT_EQ(refused.text("code"), "evaluation.condition_not_met");
  EXPECT_EQ(refused.text("errors/0/code"), "eligibility.region_included");
  EXPECT_EQ(it.post(decide, {{"granted", false}, {"ground", "서울 소재"}}).text("state"), "refused");
  plan.decide({{first, 40}, {outside, 38}}, 1);
  EXPECT_EQ(it.told(plan.round), "울산대 selected 800; 서울대 waitlisted 0")
      << "78 and three are more than 80";
  EXPECT_EQ(
      it.post("/api/v1/bonus-claims/" + claim.text("id") + "/decide", {{"granted", false}, {"ground", "x"}})
          .text("code"),
      "evaluation.decided_already");
}

TEST(EvaluationWaiting, A7_Invariant1_NoMoreIsRankedOrAwardedThanTheSupplyHas) {
  Research plan(2);
  const auto one = plan.apply("one1", "가대", 1);
  plan.round = plan.it.cut_off("2026-04-30");
  plan.it.seat_panel(plan.round, 2);
  plan.it.evaluate(plan.round);
  plan.it.score(plan.round, one, {20, 20, 20});
  EXPECT_EQ(plan.it.rank(plan.round, kLeased, 3, "server").text("code"), "evaluation.capacity_above");
  const auto all = plan.it.rank(plan.round, kLeased, -1, "");
  EXPECT_EQ(all.number("totals/in_service"), 2) << "what the supply has free, where nothing is said";
}

TEST(EvaluationWaiting, F7_WhatIsDeclinedOrLapsesIsOfferedToTheNext) {
  Research plan(1, R"(
format: dure-policy/1
layer: call
id: answer-soon
version: "1"
award:
  accept_within: {value: 7 days, source: "시험", confidence: chosen}
)");
  const auto first = plan.apply("one1", "가대", 1);
  const auto second = plan.apply("two1", "나대", 1);
  const auto third = plan.apply("three1", "다대", 1);
  plan.decide({{first, 40}, {second, 39}, {third, 38}}, 1);
  auto& it = plan.it;
  EXPECT_EQ(it.told(plan.round), "가대 selected 800; 나대 waitlisted 0; 다대 waitlisted 0");
  const auto award = [&](const Who& who) {
    return it.get("/api/v1/awards?application_id=" + who.application);
  };
  const auto entry = [&](const Who& who) {
    return it.get("/api/v1/waitlist-entries?application_id=" + who.application);
  };
  EXPECT_EQ(entry(second).number("items/0/position"), 1);
  const std::string decline = "/api/v1/awards/" + award(first).text("items/0/id") + "/decline";
  EXPECT_NE(it.post_as(second, decline, {{"ground", "x"}}).status, 200) << "somebody else's";
  EXPECT_EQ(it.post_as(first, decline, {{"ground", "과제를 바꿈"}}).text("state"), "declined");
  EXPECT_EQ(entry(second).text("items/0/state"), "offered");
  EXPECT_EQ(award(second).text("items/0/state"), "offered");
  EXPECT_EQ(it.state_of(second), "selected");
  EXPECT_EQ(it.state_of(third), "waitlisted");
  it.advance(base::Span::days(12));
  it.keep();
  EXPECT_EQ(award(second).text("items/0/state"), "lapsed") << "nobody answered in seven days";
  EXPECT_EQ(entry(second).text("items/0/state"), "expired");
  EXPECT_EQ(entry(third).text("items/0/state"), "offered");
  const std::string theirs = "/api/v1/awards/" + award(third).text("items/0/id");
  EXPECT_EQ(it.post_as(third, theirs + "/accept").text("state"), "accepted");
  EXPECT_EQ(entry(third).text("items/0/state"), "accepted");
  EXPECT_EQ(it.post(theirs + "/allocation").text("code"), "award.agreement_missing") << "this pack wants one";
  EXPECT_EQ(it.post(theirs + "/agreement", {{"signed_on", "2027-01-01"}}).text("code"),
            "evaluation.agreement_early");
  EXPECT_EQ(it.post(theirs + "/agreement").text("state"), "agreed");
  const auto opened = it.post(theirs + "/allocation");
  EXPECT_EQ(opened.status, 201) << opened.text_body;
  EXPECT_EQ(entry(third).text("items/0/state"), "fulfilled");
}

TEST(EvaluationWaiting, B13_C8_DemandStandsInARegisterAndIdleCapacityIsGivenAfterAnEligibilityCheckAlone) {
  Evaluation it("s3-government-2026", kApril);
  const auto large = it.apply({"big1", "가기업", 800, "h200"});
  const auto small = it.apply({"small1", "나기업", 100, "h200"});
  EXPECT_EQ(it.state_of(large) + " " + it.state_of(small), "waitlisted waitlisted");
  EXPECT_EQ(it.get("/api/v1/waitlist-entries?programme_id=" + it.programme + "&sort=position")
                .text("items/0/application_id"),
            large.application);
  const std::string path = "/api/v1/programmes/" + it.programme + "/match-demand";
  const auto asked = [&](std::int64_t count) {
    return json::object{{"available", json::object{{"count", count}, {"unit", "gpu"}}}, {"ground", "취소분"}};
  };
  EXPECT_EQ(it.post(path, asked(1)).text("code"), "evaluation.capacity_above") << "nothing is in service";
  it.build("government-gpus", "h200", 2, 1);
  const auto first = it.post(path, asked(2));
  ASSERT_EQ(first.status, 200) << first.text_body;
  EXPECT_EQ(first.body.at("offered").as_array().size(), 1u) << first.text_body;
  EXPECT_EQ(first.text("offered/0/application_id"), small.application) << "who fits, though filed later";
  EXPECT_EQ(first.text("passed_over/0/reason/code"), "evaluation.does_not_fit");
  EXPECT_EQ(it.state_of(small), "selected");
  const auto award = it.get("/api/v1/awards?application_id=" + small.application).text("items/0/id");
  const auto opened = it.post("/api/v1/awards/" + award + "/allocation");
  EXPECT_EQ(opened.status, 201) << "no panel, no points, no agreement: " << opened.text_body;
  it.build("government-gpus", "h200", 8, 1);
  const auto second = it.post(path, {{"ground", "반납분"}});
  EXPECT_EQ(second.text("offered/0/application_id"), large.application) << second.text_body;
  EXPECT_EQ(it.post(path, {{"ground", "없음"}}).body.at("offered").as_array().size(), 0u);
}

TEST(EvaluationWaiting, B13_WhoWaitsMayLeaveTheRegister) {
  Evaluation it("s3-government-2026", kApril);
  const auto one = it.apply({"one1", "가기업", 100, "h200"});
  const auto two = it.apply({"two1", "나기업", 100, "h200"});
  const auto entry = it.get("/api/v1/waitlist-entries?application_id=" + one.application).text("items/0/id");
  const std::string path = "/api/v1/waitlist-entries/" + entry + "/withdraw";
  EXPECT_NE(it.post_as(two, path, {{"ground", "x"}}).status, 200);
  EXPECT_EQ(it.post_as(one, path, {{"ground", "다른 자원을 씀"}}).text("state"), "withdrawn");
  EXPECT_EQ(it.state_of(one), "withdrawn");
  EXPECT_EQ(it.post_as(two, "/api/v1/applications/" + two.application + "/withdraw").status, 200);
  EXPECT_EQ(it.get("/api/v1/waitlist-entries?application_id=" + two.application).text("items/0/state"),
            "withdrawn");
}

TEST(EvaluationWaiting, E12_TheCentreDecidesByItselfWithoutPointsWhereThePackHasNoPanel) {
  Evaluation it("s0-regional-centre", "2026-09-01T00:00:00Z");
  const auto one = it.apply({"one1", "가온정밀", 100});
  const auto two = it.apply({"two1", "나온정밀", 100});
  const auto planned = it.post("/api/v1/rounds", {{"call_id", it.call}, {"cutoff_on", "2026-09-05"}});
  EXPECT_EQ(it.post("/api/v1/panels", {{"round_id", planned.text("id")}}).text("code"),
            "evaluation.without_panel");
  it.advance(base::Span::days(5));
  it.keep();
  const auto round = planned.text("id");
  EXPECT_EQ(it.post("/api/v1/rounds/" + round + "/evaluate").text("state"), "evaluating");
  const auto ranking = it.rank(round, "", 1, "gpu");
  ASSERT_EQ(ranking.status, 201) << ranking.text_body;
  EXPECT_EQ(it.confirm(ranking.text("id")).text("state"), "confirmed") << "no points, no minutes";
  EXPECT_EQ(it.state_of(one), "selected") << "in the order of receipt";
  EXPECT_EQ(it.state_of(two), "not_selected");
  const auto third = it.apply({"three1", "다온정밀", 100});
  EXPECT_EQ(it.post("/api/v1/applications/" + third.application + "/decision",
                    {{"verdict", "approve"}, {"ground", "적합"}, {"starts_on", "2026-09-10"}})
                .text("state"),
            "selected")
      << "or at once";
}

TEST(EvaluationWaiting, E4_AnAppealIsFiledInTimeAndUpheldTheDecisionIsMadeAnew) {
  Research plan(1);
  const auto first = plan.apply("one1", "가대", 1);
  const auto second = plan.apply("two1", "나대", 1);
  plan.decide({{first, 40}, {second, 10}}, 1);
  auto& it = plan.it;
  const auto file = [&](const Who& who) {
    return it.post_as(who, "/api/v1/appeals",
                      {{"application_id", who.application}, {"ground", "점수에 오류가 있음"}});
  };
  EXPECT_EQ(file(first).text("code"), "evaluation.nothing_to_appeal") << "it was selected";
  const auto appeal = file(second);
  ASSERT_EQ(appeal.text("state"), "filed") << appeal.text_body;
  EXPECT_EQ(appeal.text("file_by"), "2026-06-01") << "thirty days from 1 May end on a Sunday";
  EXPECT_EQ(file(second).text("code"), "evaluation.appeal_there");
  const std::string path = "/api/v1/appeals/" + appeal.text("id");
  EXPECT_NE(it.post_as(second, path + "/decide", {{"upheld", true}, {"ground", "x"}}).status, 200);
  EXPECT_EQ(it.post(path + "/decide", {{"upheld", true}, {"ground", "인정"}}).text("code"),
            "evaluation.remedy_missing");
  EXPECT_EQ(
      it.post(path + "/decide", {{"upheld", true}, {"ground", "인정"}, {"remedy", "award"}}).text("code"),
      "supply.no_capacity")
      << "what is given stays within what there is";
  it.build(kLeased, "h200", 1, 8);
  const auto upheld =
      it.post(path + "/decide", {{"upheld", true}, {"ground", "오류를 확인함"}, {"remedy", "award"}});
  ASSERT_EQ(upheld.text("state"), "upheld") << upheld.text_body;
  EXPECT_EQ(it.state_of(second), "selected");
  EXPECT_EQ(it.get("/api/v1/waitlist-entries?application_id=" + second.application).text("items/0/state"),
            "withdrawn");
  const auto decision = it.get("/api/v1/decisions/" + upheld.text("new_decision_id"));
  EXPECT_EQ(decision.text("outcome"), "approved");
  EXPECT_NE(decision.text("note").find("오류를 확인함"), std::string::npos);
}

TEST(EvaluationWaiting, E4_AnAppealThatIsLateOrDismissedChangesNothing) {
  Evaluation it("s0-regional-centre", "2026-09-01T00:00:00Z");
  const auto one = it.apply({"one1", "가온정밀", 100});
  const auto two = it.apply({"two1", "나온정밀", 100});
  for (const Who* who : {&one, &two})
    it.post("/api/v1/applications/" + who->application + "/decision",
            {{"verdict", "reject"}, {"ground", "목적이 다름"}});
  const auto file = [&](const Who& who) {
    return it.post_as(who, "/api/v1/appeals",
                      {{"application_id", who.application}, {"ground", "다시 보아 주십시오"}});
  };
  const auto appeal = file(one);
  ASSERT_EQ(appeal.status, 201) << appeal.text_body;
  const std::string path = "/api/v1/appeals/" + appeal.text("id");
  EXPECT_EQ(it.post_as(one, path + "/withdraw").text("state"), "withdrawn");
  const auto again = file(one);
  EXPECT_EQ(it.post("/api/v1/appeals/" + again.text("id") + "/decide",
                    {{"upheld", false}, {"ground", "근거가 없음"}})
                .text("state"),
            "dismissed");
  EXPECT_EQ(it.state_of(one), "not_selected");
  const auto third = file(one);
  EXPECT_EQ(it.post("/api/v1/appeals/" + third.text("id") + "/decide",
                    {{"upheld", true}, {"ground", "다시 살핌"}, {"remedy", "reconsider"}})
                .text("state"),
            "upheld");
  EXPECT_EQ(it.state_of(one), "eligible");
  it.advance(base::Span::days(31));
  EXPECT_EQ(file(two).text("code"), "evaluation.appeal_late");
}

}  // namespace
}  // namespace dure::tests
