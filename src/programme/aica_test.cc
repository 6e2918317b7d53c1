// Applications under AICA's own pack (S1), whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "programme/award.h"
#include "programme/deadlines.h"
#include "programme/example_application.h"
#include "programme/facts_check.h"
#include "programme/samples.h"

namespace dure::programme {
namespace {

using model::OrganisationClass;
using AicaChange = std::function<void(ExampleApplication&)>;

Screening screened_aica(const AicaChange& change) {
  const auto rules = screening_rules(aica_2024());
  auto made = example_application(rules);
  change(made);
  return screen(made.form, made.facts, rules);
}

const model::ScreeningItem& item(const Screening& screening, const std::string& rule) {
  const auto found = std::find_if(screening.items.begin(), screening.items.end(),
                                  [&](const auto& each) { return each.rule == rule; });
  EXPECT_NE(found, screening.items.end()) << rule;
  return found == screening.items.end() ? screening.items.front() : *found;
}

// The papers that everybody hands in show no membership of the club.
TEST(Aica, C2_ALargeCompanyWithoutTheClubsPaperIsNotEligible) {
  const auto large = [](ExampleApplication& made) {
    made.form.applicant.organisation_class = OrganisationClass::kLargeCompany;
  };
  const auto without = screened_aica(large);
  EXPECT_EQ(without.outcome, ScreeningOutcome::kIneligible);
  EXPECT_EQ(item(without, "eligibility.include.digital-leaders").reason.code,
            "eligibility.certificate_missing");
  const auto with_paper = screened_aica([&](ExampleApplication& made) {
    large(made);
    made.facts.documents.push_back({"digital_leaders_certificate", "application/pdf", {1000}});
  });
  const auto& open = item(with_paper, "eligibility.include.digital-leaders");
  EXPECT_EQ(open.reason.code, "eligibility.certificate_unchecked") << "somebody has to look at it";
  EXPECT_EQ(policy::parameter(open.reason, "documents"), "digital_leaders_certificate");
  const auto checked = screened_aica([&](ExampleApplication& made) {
    large(made);
    made.facts.documents.push_back({"digital_leaders_certificate", "application/pdf", {1000}});
    made.facts.certificates.push_back({"digital_leaders", made.facts.received_on, std::nullopt});
  });
  EXPECT_EQ(item(checked, "eligibility.include.digital-leaders").result, model::ScreeningResult::kMet);
}

// 공고 1쪽, 지원기간: until December 2024, whatever the months.
TEST(Aica, F5_NoUseAfterTheLastDayOfTheProgramme) {
  const auto asked = [](base::Date starts_on, std::int64_t months) {
    return screened_aica([&](ExampleApplication& made) {
      made.form.starts_on = starts_on;
      made.form.months = months;
    });
  };
  EXPECT_EQ(item(asked({2024, 9, 1}, 4), "award.use_until").reason.code, "eligibility.ends_in_time");
  const auto late = asked({2024, 9, 1}, 5);
  EXPECT_EQ(item(late, "award.use_until").reason.code, "eligibility.ends_too_late");
  EXPECT_EQ(policy::parameter(item(late, "award.use_until").reason, "ends_on"), "2025-01-31");
  EXPECT_EQ(late.outcome, ScreeningOutcome::kReturn);

  model::Application application;
  application.state = model::ApplicationState::kEligible;
  application.form = good_form();
  const auto given = [&](std::int64_t months) {
    DecideCommand command;
    command.awarded = {"t4", 200, 0, {}, {}};
    command.starts_on = {2024, 9, 1};
    command.months = months;
    command.ground = "fit";
    return decide(application, command, decision_limits(aica_2024(), "dedicated-t4"), {2024, 8, 1});
  };
  EXPECT_TRUE(given(4).ok());
  EXPECT_EQ(given(5).failure().reason.code, "decision.beyond_use_until");

  const auto& award = aica_2024().award;
  const auto plan = [&](base::Date starts_on) {
    return plan_period(starts_on, 6, award.max_period, award.use_until);
  };
  EXPECT_EQ(plan({2024, 9, 1})->ends_on, (base::Date{2024, 12, 31}));
  EXPECT_EQ(plan({2024, 3, 1})->ends_on, (base::Date{2024, 8, 31}));
  EXPECT_EQ(plan({2025, 1, 1}).failure().reason.code, "award.use_is_over");
}

TEST(Aica, F5_TheDeadlineOfUseIsTheEarlierOfTheTwo) {
  const auto period = [](base::Date starts_on) {
    const auto found = deadlines_of(CentreEvent::kAllocationStarted, starts_on, aica_2024());
    EXPECT_TRUE(found.ok());
    for (const auto& each : *found)
      if (each.id == "period") return each;
    ADD_FAILURE() << "no period";
    return Deadline{};
  };
  const auto cut = period({2024, 9, 1});
  EXPECT_EQ(cut.day, (base::Date{2024, 12, 31}));
  EXPECT_EQ(cut.key, "award.use_until");
  EXPECT_EQ(cut.steps.back().code, "deadline.cut_at_use_until");
  EXPECT_EQ(policy::parameter(cut.steps.back(), "end"), "2025-07-31");
  const auto whole = period({2023, 3, 1});
  EXPECT_EQ(whole.day, (base::Date{2024, 1, 31}));
  EXPECT_EQ(whole.key, "award.max_period");
}

// Three of the grounds that may exclude are a person's to say.
TEST(Aica, C5_APersonsAnswerSettlesAStatementWithItsGround) {
  EXPECT_EQ(screened_aica([](ExampleApplication&) {}).outcome, ScreeningOutcome::kEligible);
  const auto without = screened_aica([](ExampleApplication& made) { made.facts.statements.clear(); });
  EXPECT_EQ(without.outcome, ScreeningOutcome::kNeedsPerson);
  EXPECT_EQ(item(without, "eligibility.person_decides.false-statement").reason.code,
            "eligibility.person_must_say");
  const auto held = screened_aica([](ExampleApplication& made) {
    for (auto& each : made.facts.statements)
      if (each.of == "false_statement") each = {"false_statement", true, "재직증명서가 다름"};
  });
  EXPECT_EQ(held.outcome, ScreeningOutcome::kNeedsPerson) << "it may exclude: a person decides";
  EXPECT_EQ(policy::parameter(item(held, "eligibility.person_decides.false-statement").reason, "ground"),
            "재직증명서가 다름");
  const auto bare = screened_aica([](ExampleApplication& made) {
    for (auto& each : made.facts.statements) each.ground.clear();
  });
  EXPECT_EQ(bare.outcome, ScreeningOutcome::kNeedsPerson) << "an answer without a ground is none";
  auto made = example_application(screening_rules(aica_2024()));
  EXPECT_TRUE(check_facts(made.facts).ok());
  made.facts.statements[0].ground.clear();
  EXPECT_EQ(check_facts(made.facts).failure().details.at(0).pointer, "/statements/0/ground");
}

TEST(Aica, D9_WhetherTheProofNamesTheDepartmentIsAPersonsToSayAndNoUniversitys) {
  const std::string rule = "eligibility.exclude.proof-without-department";
  const auto without = screened_aica([](ExampleApplication& made) { made.facts.statements.clear(); });
  EXPECT_EQ(item(without, rule).result, model::ScreeningResult::kNeedsPerson);
  const auto university = screened_aica([](ExampleApplication& made) {
    made.facts.statements.clear();
    made.form.applicant.organisation_class = model::OrganisationClass::kUniversity;
  });
  EXPECT_EQ(item(university, rule).result, model::ScreeningResult::kMet);
  const auto unnamed = screened_aica([](ExampleApplication& made) {
    for (auto& each : made.facts.statements)
      if (each.of == "proof_without_department") each.holds = true;
  });
  EXPECT_EQ(item(unnamed, rule).result, model::ScreeningResult::kNotMet);
  EXPECT_EQ(unnamed.outcome, ScreeningOutcome::kIneligible);
}

TEST(Aica, D14_TwoModelsAreTwoApplications) {
  const auto found = [](const std::vector<std::string>& parts) {
    const auto made =
        screened_aica([&](ExampleApplication& each) { each.facts.answers["ai_model"] = parts; });
    return item(made, "application.one_ai_model_each").reason.code;
  };
  EXPECT_EQ(found({"영상 분할"}), "answer.one_model");
  EXPECT_EQ(found({" 영상 분할, "}), "answer.one_model") << "a comma parts nothing from nothing";
  for (const char* several :
       {"분할, 분류", "분할; 분류", "분할\n분류", "분할、분류", "분할，분류", "분할 및 분류"})
    EXPECT_EQ(found({several}), "answer.several_models") << several;
  EXPECT_EQ(found({"분할", "분류"}), "answer.several_models");
}

TEST(Aica, D5_D10_D14_C6_WhatTheFormMustSayIsAskedFor) {
  const auto without = screened_aica([](ExampleApplication& made) {
    made.facts.answers.erase("ai_model");
    made.facts.answers["monthly_plan"] = {"1개월째"};
    made.facts.answers["developer_contact"] = {"홍길동", "", ""};
    made.facts.other_applications = {{made.form.plan.title, "음성 인식"}};
  });
  EXPECT_EQ(without.outcome, ScreeningOutcome::kReturn);
  EXPECT_EQ(item(without, "application.fields.ai_model").reason.code, "answer.missing");
  EXPECT_EQ(item(without, "application.fields.monthly_plan").reason.code, "answer.parts") << "six months";
  EXPECT_EQ(item(without, "application.fields.developer_contact").reason.code, "answer.part_blank");
  EXPECT_EQ(item(without, "application.distinct_titles").reason.code, "answer.title_taken");
}

// What `dure eligible --example` prints lies within the programme.
TEST(Aica, F5_TheExampleEndsInTime) {
  const auto made = example_application(screening_rules(aica_2024()));
  EXPECT_EQ(made.form.months, 6);
  EXPECT_NE(screen(made.form, made.facts, screening_rules(aica_2024())).outcome, ScreeningOutcome::kReturn);
}

TEST(Aica, B6_ThePoolOfAnAmountIsTheFirstThatOffersIt) {
  EXPECT_EQ(pool_with(aica_2024(), {"t4", 200, 0, {}, {}}), "dedicated-t4");
  EXPECT_EQ(pool_with(aica_2024(), {"bow", 1600, 0, {}, {}}), "shared-bow");
  EXPECT_EQ(pool_with(aica_2024(), {"bow", 300, 0, {}, {}}), "shared-bow") << "its model, not the amount";
  EXPECT_EQ(pool_with(aica_2024(), {"b200", 100, 0, {}, {}}), "");
  policy::Pack two;
  two.offer.pools.resize(2);
  two.offer.pools[0].id = "whole";
  two.offer.pools[0].models = two.offer.pools[1].models = {"a100"};
  two.offer.pools[0].unit = policy::OfferUnit::kGpu;
  two.offer.pools[1].id = "blocks";
  two.offer.pools[1].unit = policy::OfferUnit::kBlock;
  EXPECT_EQ(pool_with(two, {"a100", 30, 0, {}, {}}), "blocks") << "one model in two pools";
}

}  // namespace
}  // namespace dure::programme
