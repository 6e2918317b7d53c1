// C4, C5, C6, D9, D14 and E1 over HTTP: what a pack says of dates, use, titles, papers, models and members
// holds in the running centre as it does in `dure eligible`.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "centre/evaluation_cast.h"
#include "centre/tenant.h"
#include "centre/use_cast.h"

namespace dure::tests {
namespace {

constexpr const char* kSixthOfApril = "2026-04-06T00:00:00Z";
constexpr const char* kByAge = "call.tracks.young-researcher.by-age";
constexpr const char* kByAppointment = "call.tracks.young-researcher.recently-appointed";

// Of one item of a screening: "needs_person eligibility.use_low"; "" where there is none.
std::string found_of(const Reply& application, const std::string& rule) {
  for (const auto& item : application.body.at("screening").as_array())
    if (cli::text_at(item, "rule") == rule)
      return cli::text_at(item, "result") + " " + cli::text_at(item, "reason/code");
  return "";
}

// Research's programme of 2026 with somebody who says that he is young, on 6 April.
struct Young {
  Young() : it("s3-research-2026", kSixthOfApril) {
    who = it.apply({"young1", "신진대", 800, "h200", "young-researcher", "연구실", false});
  }
  Reply answer(const char* rule, bool met, json::object dates = {}) {
    dates["answers"] = json::array{json::object{{"rule", rule}, {"met", met}, {"ground", "서류를 봄"}}};
    return it.post("/api/v1/applications/" + who.application + "/screening", dates);
  }

  Evaluation it;
  Who who;
};

TEST(RulesInForce, C4_TheFortiethBirthdayIsTooLateAndNobodyIsYoungWithoutADate) {
  Young plan;
  const auto without = plan.answer(kByAge, true);
  EXPECT_EQ(without.status, 422);
  EXPECT_EQ(without.text("code"), "evaluation.date_needed");
  EXPECT_EQ(without.text("errors/0/pointer"), "/answers/0/met");
  const auto other = plan.answer(kByAge, true, {{"appointed_on", "2025-03-01"}});
  EXPECT_EQ(other.text("code"), "evaluation.date_needed") << "another date says nothing of the age";
  for (const char* born : {"1975-06-01", "1986-04-06"}) {
    const auto old = plan.answer(kByAge, true, {{"born_on", born}});
    EXPECT_EQ(old.text("code"), "evaluation.date_says_otherwise") << born;
    EXPECT_EQ(old.text("errors/0/code"), "eligibility.too_old");
  }
  const auto denied = plan.answer(kByAge, false, {{"born_on", "1986-04-07"}});
  EXPECT_EQ(denied.text("code"), "evaluation.date_says_otherwise") << "nor is he refused against it";
  const auto young = plan.answer(kByAge, true, {{"born_on", "1986-04-07"}});
  EXPECT_EQ(young.text("state"), "eligible") << young.text_body;
  EXPECT_EQ(found_of(young, kByAge).substr(0, 4), "met ");
  EXPECT_EQ(found_of(young, kByAppointment), "") << "one of the two is enough";
  // What is kept is which rule a date decided, and not the date.
  const auto decisions = plan.it.get("/api/v1/decisions?kind=screening_answers");
  EXPECT_NE(decisions.text_body.find("decision.date_compared"), std::string::npos) << decisions.text_body;
  for (const auto* kept : {"/api/v1/decisions?limit=100", "/api/v1/audit-entries?limit=200",
                           "/api/v1/events?limit=200", "/api/v1/applications?limit=10"})
    EXPECT_EQ(plan.it.get(kept).text_body.find("1986-04-07"), std::string::npos) << kept;
}

TEST(RulesInForce, C4_TheSeventhAnniversaryOfTheAppointmentIsWithinAndTheDayAfterIsNot) {
  Young plan;
  const auto late = plan.answer(kByAppointment, true, {{"appointed_on", "2019-04-05"}});
  EXPECT_EQ(late.text("code"), "evaluation.date_says_otherwise");
  EXPECT_EQ(late.text("errors/0/code"), "eligibility.appointed_too_long");
  const auto within = plan.answer(kByAppointment, true, {{"appointed_on", "2019-04-06"}});
  EXPECT_EQ(within.text("state"), "eligible") << within.text_body;
  Young old;
  EXPECT_EQ(old.answer(kByAppointment, false, {{"appointed_on", "2019-04-05"}}).text("state"), "eligible")
      << "the age is still open";
  EXPECT_EQ(old.answer(kByAge, false, {{"born_on", "1986-04-06"}}).text("state"), "ineligible");
}

// The regional centre's pack with a rule about use of the last 30 days, below so many basis points.
std::string with_use_rule(const std::string& below) {
  return replaced(use_pack(), "      - id: former-misuse\n",
                  "      - id: no-recent-use\n"
                  "        title: {ko: 최근 사용량 미미}\n"
                  "        all:\n"
                  "          - {is: usage.ratio, window_days: 30, below_bp: " +
                      below +
                      "}\n"
                      "      - id: former-misuse\n");
}

// hong01's organisation had four cards in September and used a tenth of one for a day; a day was an outage.
TEST(RulesInForce, C5_WhoHardlyUsedWhatHeHadIsShownToAPersonWhenHeAppliesAgain) {
  UseStage stage;
  stage.go_to_day(20);
  const auto run = stage.start("w", 100);
  stage.go_to_day(21);
  stage.read(run, kDayMs / 10, 3 << 20);
  stage.see(run, "ended");
  const auto outage = stage.post("/api/v1/outages", {{"cause", "maintenance"}});
  stage.go_to_day(22);
  ASSERT_EQ(stage.post("/api/v1/outages/" + outage.text("id") + "/end").status, 200);
  stage.go_to_day(30);
  const std::string rule = "eligibility.person_decides.no-recent-use";
  const auto apply = [&](const std::string& login, const std::string& below) {
    const auto loaded = stage.post(
        "/api/v1/programmes",
        {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", with_use_rule(below)}}}}});
    EXPECT_EQ(loaded.status, 201) << loaded.text_body;
    return stage.get("/api/v1/applications/" + stage.centre.file_application(login).application);
  };
  const auto used = [&](const Reply& application) {
    for (const auto& item : application.body.at("screening").as_array())
      if (cli::text_at(item, "rule") == rule) return cli::text_at(item, "reason/parameters/used_bp");
    return std::string("none");
  };
  const auto idle = apply("again1", "1 %");
  EXPECT_EQ(found_of(idle, rule), "needs_person eligibility.use_low");
  EXPECT_EQ(used(idle), "16") << "of 15 days and 9 hours: the set-up and the outage do not count";
  EXPECT_EQ(idle.text("state"), "eligible") << "a person decides";
  const auto enough = apply("again2", "0.1 %");
  EXPECT_EQ(found_of(enough, rule), "met eligibility.use_sufficient");
  EXPECT_EQ(used(enough), "16");
}

TEST(RulesInForce, C5_WhoHadNothingIsNotIdleAndAPersonSaysSo) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto first = it.apply({"appa", "가나연구소", 400, "bow", {}, "연구실", false});
  EXPECT_EQ(found_of(it.get("/api/v1/applications/" + first.application),
                     "eligibility.person_decides.no-recent-use"),
            "needs_person eligibility.fact_unknown");
}

TEST(RulesInForce, C6_ATitleIsTakenWhileAPanelSitsAndByTheOrganisationUnderAnotherSpelling) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto apply = [&](const std::string& login, const std::string& organisation, const char* number,
                         bool settled = false) {
    return it.apply({login, organisation, 400, "bow", {}, "연구실", settled, [number](model::Form1& form) {
                       form.plan.title = "영상 분할";
                       form.applicant.business_number = number;
                     }});
  };
  const auto title = [&](const Who& who) {
    return found_of(it.get("/api/v1/applications/" + who.application), "application.distinct_titles");
  };
  const auto first = apply("appa", "가나연구소", "220-81-62517", true);
  EXPECT_EQ(title(first), "met answer.title_free");
  EXPECT_EQ(title(apply("appb", "가나 연구소", "124-81-00998")), "not_met answer.title_taken");
  const auto round = it.cut_off("2024-03-15");
  it.seat_panel(round, 3);
  it.evaluate(round);
  ASSERT_EQ(it.state_of(first), "under_review");
  EXPECT_EQ(title(apply("appc", "가나연구소", "220-81-62517")), "not_met answer.title_taken");
  EXPECT_EQ(title(apply("appd", "가나 인공지능", "220-81-62517")), "not_met answer.title_taken")
      << "by its number";
  EXPECT_EQ(title(apply("appe", "마루연구소", "130-81-00009")), "met answer.title_free");
}

TEST(RulesInForce, D9_WhetherTheProofNamesTheDepartmentIsForAPersonToSay) {
  Evaluation it("s1-aica-2024", kMarch);
  const std::string rule = "eligibility.exclude.proof-without-department";
  const auto apply = [&](const std::string& login, model::OrganisationClass kind) {
    return it.apply({login, "기관 " + login, 400, "bow", {}, "연구실", false, [kind](model::Form1& form) {
                       form.applicant.organisation_class = kind;
                     }});
  };
  const auto named = [&](const Who& who) {
    return found_of(it.get("/api/v1/applications/" + who.application), rule);
  };
  const auto company = apply("appa", model::OrganisationClass::kSmallCompany);
  EXPECT_EQ(named(company), "needs_person eligibility.person_must_say") << "any file is not enough";
  EXPECT_EQ(named(apply("appb", model::OrganisationClass::kUniversity)).substr(0, 4), "met ")
      << "a university's proof is of enrolment";
  const json::array answers{
      json::object{{"rule", rule}, {"met", false}, {"ground", "부서가 적혀 있지 않음"}}};
  const auto refused =
      it.post("/api/v1/applications/" + company.application + "/screening", {{"answers", answers}});
  EXPECT_EQ(refused.text("state"), "ineligible") << refused.text_body;
}

TEST(RulesInForce, D14_ASecondModelNeedsAnApplicationOfItsOwn) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto apply = [&](const std::string& login, const std::string& models) {
    return it.apply({login, "기관 " + login, 400, "bow", {}, "연구실", false, [models](model::Form1& form) {
                       (*form.answers)["ai_model"] = {models};
                     }});
  };
  const auto models = [&](const Who& who) {
    return found_of(it.get("/api/v1/applications/" + who.application), "application.one_ai_model_each");
  };
  const auto two = apply("appa", "영상 분할, 음성 인식");
  EXPECT_EQ(models(two), "not_met answer.several_models");
  EXPECT_EQ(it.state_of(two), "returned") << "it may be mended";
  EXPECT_EQ(models(apply("appb", "영상 분할 및 음성 인식")), "not_met answer.several_models");
  EXPECT_EQ(models(apply("appc", "영상 분할")), "met answer.one_model");
}

TEST(RulesInForce, E1_NobodyOfTheHouseSitsOnAPanelOfExpertsFromOutside) {
  Evaluation it("s1-aica-2024", kMarch);
  it.apply({"appa", "A", 400, "bow"});
  const auto round = it.cut_off("2024-03-15");
  const auto panel = it.seat_panel(round, 2);
  it.post("/api/v1/panels/" + panel + "/resize", {{"size", 3}, {"ground", "한 사람을 더함"}});
  const auto inside = it.hire("inside");
  const auto asked = it.post("/api/v1/panels/" + panel + "/members",
                             {{"account_id", inside.account}, {"organisation", "사업단"}});
  const std::string seat = "/api/v1/panel-members/" + asked.text("id");
  ASSERT_EQ(it.post_as(inside, seat + "/respond", {{"accept", true}}).text("state"), "accepted");
  const std::string evaluate = "/api/v1/rounds/" + round + "/evaluate";
  const auto refused = it.post(evaluate);
  EXPECT_EQ(refused.text("code"), "evaluation.not_outside") << refused.text_body;
  EXPECT_EQ(refused.text("parameters/id"), asked.text("id"));
  EXPECT_EQ(it.get("/api/v1/rounds/" + round).text("state"), "cutoff");
  it.post(seat + "/release", {{"ground", "내부 직원임"}});
  it.post("/api/v1/panels/" + panel + "/resize", {{"size", 2}, {"ground", "두 사람으로"}});
  EXPECT_EQ(it.post(evaluate).text("state"), "evaluating");
}

}  // namespace
}  // namespace dure::tests
