// B2, B3, B13, C8, E6, E11, E14, F7: the pure rules of an evaluation, each by itself.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "evaluation/inputs.h"
#include "evaluation/objection.h"
#include "evaluation/rounds.h"
#include "evaluation/states.h"
#include "evaluation/test_committee.h"
#include "evaluation/waiting.h"

namespace dure::evaluation {
namespace {

using base::Date;
using policy::ConflictRule;

const std::vector<ConflictRule> kAll{ConflictRule::kApplicant, ConflictRule::kSameUnit,
                                     ConflictRule::kSameOrganisation};

TEST(Conflicts, E14_TheGravestThatTheRulesFind) {
  const Party applicant{"a1", "kim", "가나 연구소", "220-81-62517", "개발팀"};
  const auto found = [&](const Party& reviewer) { return find_conflict(reviewer, applicant, kAll); };
  EXPECT_EQ(found({"a1", "x", "밖", "", ""})->kind, model::ConflictKind::kApplicant);
  EXPECT_EQ(found({"r1", "KIM", "밖", "", ""})->kind, model::ConflictKind::kApplicant);
  EXPECT_EQ(found({"r1", "x", "가나연구소", "", "개발팀"})->kind, model::ConflictKind::kSameUnit);
  EXPECT_EQ(found({"r1", "x", "다른 이름", "2208162517", "개발 팀"})->kind, model::ConflictKind::kSameUnit);
  EXPECT_EQ(found({"r1", "x", "가나연구소", "", "인사팀"})->kind, model::ConflictKind::kSameOrganisation);
  EXPECT_EQ(found({"r1", "x", "다른 곳", "", "개발팀"}), std::nullopt) << "a unit of the same name elsewhere";
  EXPECT_EQ(find_conflict({"r1", "x", "", "", ""}, {"", "", "", "", ""}, kAll), std::nullopt)
      << "what is not known matches nothing";
  EXPECT_EQ(find_conflict({"r1", "x", "가나연구소", "", "개발팀"}, applicant, {ConflictRule::kApplicant}),
            std::nullopt)
      << "only the pack's rules";
}

TEST(Conflicts, E14_HowOneMayEnd) {
  model::ConflictOfInterest mine;
  mine.account_id = model::AccountId("r1");
  mine.severity = model::ConflictSeverity::kSerious;
  using model::ConflictState;
  EXPECT_TRUE(may_resolve(mine, ConflictState::kWaived, "전문성", "chair").ok());
  EXPECT_EQ(may_resolve(mine, ConflictState::kWaived, "전문성", "r1").failure().reason.code,
            "evaluation.own_conflict");
  EXPECT_TRUE(may_resolve(mine, ConflictState::kRecused, "물러남", "r1").ok());
  EXPECT_EQ(may_resolve(mine, ConflictState::kNone, "x", "chair").failure().reason.code,
            "evaluation.conflict_outcome");
  mine.severity = model::ConflictSeverity::kExcluding;
  EXPECT_EQ(may_resolve(mine, ConflictState::kWaived, "x", "chair").failure().reason.code,
            "evaluation.conflict_excludes");
  EXPECT_TRUE(may_resolve(mine, ConflictState::kRecused, "x", "chair").ok());
}

TEST(Rounds, E11_TwoAndThreeWeeksAfterTheCutOff) {
  const auto dates = dates_of(Date{2024, 3, 15}, programme::aica_2024());
  EXPECT_EQ(dates.panel_by, (Date{2024, 3, 29}));
  EXPECT_EQ(dates.result_by, (Date{2024, 4, 5}));
  EXPECT_EQ(dates_of(Date{2024, 3, 15}, programme::regional_centre()).panel_by, std::nullopt);
}

TEST(Rounds, B2_ThreeWholeWeeksLieBetweenTheNoticeAndTheClose) {
  const auto& pack = programme::aica_2024();
  const model::Call call;
  EXPECT_TRUE(may_close_early(call, Date{2024, 3, 15}, Date{2024, 2, 22}, pack).ok()) << "governance 6.7";
  const auto late = may_close_early(call, Date{2024, 3, 15}, Date{2024, 2, 23}, pack);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(std::get<std::string>(*late.failure().reason.find("earliest")), "2024-03-16");
  EXPECT_TRUE(may_close_early(call, Date{2024, 3, 16}, Date{2024, 2, 23}, pack).ok());
  EXPECT_EQ(may_close_early(call, Date{2026, 12, 1}, Date{2026, 1, 1}, programme::regional_centre())
                .failure()
                .reason.code,
            "call.no_early_close");
}

TEST(Rounds, B3_TheQuarterCountsItsOwnRounds) {
  std::vector<model::Round> rounds(3);
  for (std::size_t i = 0; i < rounds.size(); ++i) rounds[i].id = model::RoundId(std::to_string(i));
  rounds[0].cutoff_on = {2024, 3, 31};
  rounds[1].cutoff_on = {2024, 4, 1};
  rounds[2].cutoff_on = {2024, 2, 1};
  rounds[2].state = model::RoundState::kCancelled;
  const auto duty = duty_of(rounds, 2, Date{2024, 1, 1});
  EXPECT_EQ(duty.planned, 1);
  EXPECT_EQ(duty.missing, 1);
  EXPECT_EQ(duty.quarter_ends_on, (Date{2024, 3, 31}));
  EXPECT_FALSE(may_cancel(rounds[0], rounds, 1).ok());
  rounds[2].state = model::RoundState::kPlanned;
  EXPECT_TRUE(may_cancel(rounds[0], rounds, 1).ok());
}

TEST(Rounds, E6_PriorityFirstThenReceipt) {
  const auto order = evaluation_order({{"late", std::nullopt, {30}},
                                       {"second-class", 1, {40}},
                                       {"early", std::nullopt, {10}},
                                       {"first-class", 0, {50}}});
  EXPECT_EQ(order, (std::vector<std::string>{"first-class", "second-class", "early", "late"}));
}

TEST(Waiting, B13_F7_InTheOrderOfTheQueueAsFarAsItGoes) {
  auto rules = aica_rules();
  rules.selection.partial_award = false;
  std::vector<model::WaitlistEntry> entries(3);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].id = model::WaitlistEntryId(std::to_string(i));
    entries[i].created_at = {static_cast<std::int64_t>(100 - i)};  // the last has waited longest
    entries[i].position = 1;
  }
  const std::vector<Waiting> waiting{
      {&entries[0], 2, {}, 0}, {&entries[1], 4, {}, 0}, {&entries[2], 8, {}, 0}};
  auto made = match(waiting, 6, rules);
  ASSERT_EQ(made.offers.size(), 2u);
  EXPECT_EQ(made.offers[0].entry, &entries[1]) << "8 do not fit into 6";
  EXPECT_EQ(made.offers[1].entry, &entries[0]);
  EXPECT_EQ(made.passed.front().reason.code, "evaluation.does_not_fit");
  rules.selection.pass_over = false;
  made = match(waiting, 6, rules);
  EXPECT_TRUE(made.offers.empty());
  EXPECT_EQ(made.passed.back().reason.code, "evaluation.behind");
  rules.selection.partial_award = true;
  made = match(waiting, 6, rules);
  ASSERT_EQ(made.offers.size(), 2u);
  EXPECT_EQ(made.offers[0].units, 4) << "of the menu";
  EXPECT_EQ(made.offers[1].units, 2);
}

TEST(Waiting, A9_F7_C8_AGapIsForThoseWhoseMonthsItHas) {
  auto rules = aica_rules();
  rules.selection.partial_award = false;
  policy::Award use;
  use.min_period = calendar::Length{1, calendar::Unit::kMonths};
  use.max_period = calendar::Length{4, calendar::Unit::kMonths};
  std::vector<model::WaitlistEntry> entries(2);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].id = model::WaitlistEntryId(std::to_string(i));
    entries[i].position = static_cast<std::int64_t>(i);
  }
  const Date july{2026, 7, 1};
  const auto idle = [&](const Waiting&, const std::vector<Offer>& before) {
    const auto left = 400 - static_cast<std::int64_t>(before.size()) * 400;
    std::vector<model::Gap> gaps;
    if (left > 0) gaps.push_back({"g", "", "", base::MilliGpu::blocks(left), july, {2026, 8, 31}});
    return gaps;
  };
  auto made = match({{&entries[0], 4, july, 3}, {&entries[1], 4, july, 2}}, 100, rules, use, idle);
  ASSERT_EQ(made.offers.size(), 1u);
  EXPECT_EQ(made.offers[0].entry, &entries[1]) << "two months are there";
  EXPECT_EQ(made.passed[0].reason.code, "evaluation.does_not_fit");
  made = match({{&entries[0], 4, july, 2}, {&entries[1], 4, july, 2}}, 100, rules, use, idle);
  EXPECT_EQ(made.offers.size(), 1u) << "once";
  use.min_period = calendar::Length{3, calendar::Unit::kMonths};
  made = match({{&entries[0], 4, july, 2}}, 100, rules, use, idle);
  EXPECT_TRUE(made.offers.empty()) << "shorter than the pack's shortest use";
  EXPECT_EQ(made.passed[0].reason.code, "gap.none_fits");
}

TEST(Waiting, B13_NeverMoreIsOfferedThanThereIs) {
  for (int history = 0; history < histories(); ++history) {
    Committee dice(static_cast<std::uint64_t>(history));
    auto rules = dice.rules;
    rules.selection.partial_award = dice.below(2) == 0;
    rules.selection.pass_over = dice.below(2) == 0;
    std::vector<model::WaitlistEntry> entries(static_cast<std::size_t>(1 + dice.below(8)));
    std::vector<Waiting> waiting;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      entries[i].id = model::WaitlistEntryId(std::to_string(i));
      entries[i].position = dice.below(5);
      waiting.push_back({&entries[i], std::int64_t{1} << dice.below(5), {}, 0});
    }
    const std::int64_t units = dice.below(24);
    const auto made = match(waiting, units, rules);
    std::int64_t sum = 0;
    for (const auto& each : made.offers) sum += each.units;
    ASSERT_LE(sum, units);
    ASSERT_EQ(made.offers.size() + made.passed.size(), entries.size());
    for (std::size_t i = 1; i < made.offers.size(); ++i)
      ASSERT_TRUE(waits_before(*made.offers[i - 1].entry, *made.offers[i].entry));
  }
}

TEST(Inputs, E10_AnAmountOfUnitsInProportion) {
  const model::ResourceAmount asked{"bow", 400, 32, {800'000'000'000}, {50'000'000'000'000}};
  const auto half = amount_of(asked, 200);
  EXPECT_EQ(half.blocks, 200);
  EXPECT_EQ(half.cpu_cores, 16);
  EXPECT_EQ(half.memory.value, 400'000'000'000);
  EXPECT_EQ(half.storage, asked.storage);
  policy::Pool servers;
  servers.unit = policy::OfferUnit::kServer;
  EXPECT_EQ(blocks_of(2, servers), std::nullopt);
  servers.gpus_per_unit = 8;
  EXPECT_EQ(blocks_of(2, servers), 1600);
}

TEST(Inputs, E2_NothingIsRankedWhileSomebodyMayStillGivePoints) {
  Committee committee(1);
  EXPECT_EQ(reviews_are_in(committee.candidates).failure().reason.code, "evaluation.reviews_open");
  for (auto& candidate : committee.candidates)
    for (auto& review : candidate.reviews) review.state = model::ReviewState::kLocked;
  EXPECT_TRUE(reviews_are_in(committee.candidates).ok());
  committee.candidates[0].reviews[0].state = model::ReviewState::kSubmitted;
  EXPECT_FALSE(reviews_are_in(committee.candidates).ok()) << "what is not locked may change";
  committee.candidates[0].application.state = model::ApplicationState::kWithdrawn;
  EXPECT_TRUE(reviews_are_in(committee.candidates).ok());
}

TEST(Objection, E4_ThirtyDaysAfterTheResultWasTold) {
  const auto& pack = programme::aica_2024();
  model::Application application;
  application.state = model::ApplicationState::kNotSelected;
  EXPECT_EQ(file_by(Date{2024, 4, 1}, pack), (Date{2024, 5, 1}));
  EXPECT_TRUE(may_appeal(application, Date{2024, 4, 1}, Date{2024, 5, 1}, pack).ok());
  EXPECT_FALSE(may_appeal(application, Date{2024, 4, 1}, Date{2024, 5, 2}, pack).ok());
  application.state = model::ApplicationState::kSelected;
  EXPECT_FALSE(may_appeal(application, Date{2024, 4, 1}, Date{2024, 4, 2}, pack).ok());
}

TEST(States, B3_E1_E7_WhatIsNotInTheTablesDoesNotHappen) {
  EXPECT_EQ(*next(model::RoundState::kPlanned, RoundEvent::kCutOff), model::RoundState::kCutoff);
  EXPECT_FALSE(next(model::RoundState::kDecided, RoundEvent::kCancel).ok());
  EXPECT_FALSE(next(model::RoundState::kEvaluating, RoundEvent::kCancel).ok());
  EXPECT_FALSE(next(model::RankingState::kConfirmed, RankingEvent::kSupersede).ok());
  EXPECT_FALSE(next(model::PanelMemberState::kDeclined, MemberEvent::kAccept).ok());
  EXPECT_FALSE(next(model::AppealState::kDismissed, AppealEvent::kUphold).ok());
  EXPECT_EQ(*next(model::BonusClaimState::kGranted, ClaimEvent::kRefuse), model::BonusClaimState::kRefused);
}

// docs/evaluation-states.md is what the tables say. DURE_WRITE_DOCS=1 writes it anew.
TEST(States, TheDocumentIsWhatTheTablesSay) {
  constexpr const char* kPath = "docs/evaluation-states.md";
  if (std::getenv("DURE_WRITE_DOCS") != nullptr) std::ofstream(kPath) << state_tables();
  std::ostringstream written;
  written << std::ifstream(kPath).rdbuf();
  EXPECT_EQ(written.str(), state_tables()) << "run evaluation_test with DURE_WRITE_DOCS=1";
}

}  // namespace
}  // namespace dure::evaluation
