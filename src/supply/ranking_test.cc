#include "supply/ranking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "supply/supply_fixture.h"

namespace dure::supply {
namespace {

using model::ProposalState;
using model::SupplyConflict;
using model::SupplyPhase;

model::SupplierEvaluation judged(SupplyPhase phase, std::vector<std::int64_t> points, bool passed = true,
                                 SupplyConflict conflict = SupplyConflict::kNone) {
  model::SupplierEvaluation made;
  made.phase = phase;
  made.passed = passed;
  made.conflict = conflict;
  const auto rules = s4_rules();
  for (std::size_t i = 0; i < points.size(); ++i) made.scores.push_back({rules.criteria[i].id, points[i]});
  return made;
}

JudgedProposal proposal(const std::string& id, std::int64_t price, std::vector<std::int64_t> points,
                        bool member = false) {
  JudgedProposal made;
  made.proposal.id.text = id;
  made.proposal.price = {price};
  made.member = member;
  made.evaluations = {judged(SupplyPhase::kWritten, points), judged(SupplyPhase::kPresentation, points),
                      judged(SupplyPhase::kSiteVisit, {})};
  return made;
}

std::vector<model::SupplierProposal> rank(std::vector<JudgedProposal> all, std::int64_t budget,
                                          const policy::Supply& rules = s4_rules()) {
  const auto ranked = rank_proposals(std::move(all), rules, {budget});
  EXPECT_TRUE(ranked.ok()) << ranked.failure().reason.code;
  return ranked.ok() ? *ranked : std::vector<model::SupplierProposal>{};
}

std::string order(const std::vector<model::SupplierProposal>& ranked) {
  std::string text;
  for (const auto& each : ranked) {
    text += (text.empty() ? "" : " ") + each.id.text;
    text += each.state == ProposalState::kSelected ? "+" : each.state == ProposalState::kReserve ? "~" : "-";
  }
  return text;
}

bool says(const model::SupplierProposal& proposal, const std::string& code) {
  return std::any_of(proposal.grounds.begin(), proposal.grounds.end(),
                     [&](const auto& each) { return each.code == code; });
}

TEST(Ranking, A1_MembersOfTheNationalCentreComeFirstWhereThePackSaysSo) {
  const std::vector<JudgedProposal> all{proposal("best", 10, {5000, 3000, 2000}),
                                        proposal("member", 10, {4000, 2000, 1000}, true)};
  EXPECT_EQ(order(rank(all, 10)), "member+ best~");
  auto rules = s4_rules();
  rules.member_preference = policy::MemberPreference::kNone;
  EXPECT_EQ(order(rank(all, 10, rules)), "best+ member~");
  const std::vector<JudgedProposal> equal{proposal("a", 10, {4000, 2000, 1000}),
                                          proposal("b", 10, {3000, 3000, 1000}, true)};
  rules.member_preference = policy::MemberPreference::kBreakTies;
  const auto ranked = rank(equal, 10, rules);
  EXPECT_EQ(order(ranked), "b+ a~");
  EXPECT_TRUE(says(ranked[0], "supply.tie_broken"));
}

TEST(Ranking, A2_PhasesAreWeighedAndTheMeanIsRoundedDownOnce) {
  auto made = proposal("a", 10, {});
  made.evaluations = {
      judged(SupplyPhase::kWritten, {5000, 3000, 1999}), judged(SupplyPhase::kWritten, {4000, 2000, 1000}),
      judged(SupplyPhase::kPresentation, {3001, 3000, 2000}), judged(SupplyPhase::kSiteVisit, {})};
  // (60 * (9999 + 7000) / 2 + 40 * 8001) / 100 = 8300.1
  EXPECT_EQ(*rank({made}, 10)[0].centi_points, 8300);
}

TEST(Ranking, A2_AllThreePhasesByWhoHasNoConflict) {
  auto made = proposal("a", 10, {4000, 2000, 1000});
  made.evaluations[1].conflict = SupplyConflict::kRelative;
  made.evaluations[1].scores.clear();
  const auto refused = rank_proposals({made}, s4_rules(), {10});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().reason.code, "supply.evaluation_missing");
  EXPECT_EQ(std::get<std::string>(*refused.failure().reason.find("phase")), "presentation");
  made.evaluations.push_back(judged(SupplyPhase::kPresentation, {1000, 1000, 1000}));
  EXPECT_EQ(*rank({made}, 10)[0].centi_points, (60 * 7000 + 40 * 3000) / 100)
      << "his points count for nothing";
  made.evaluations.erase(made.evaluations.begin() + 2);
  EXPECT_EQ(rank_proposals({made}, s4_rules(), {10}).failure().reason.code, "supply.evaluation_missing")
      << "the site visit gives no points, and is needed";
}

TEST(Ranking, A2_Invariant5_WhoDeclaresAConflictAfterwardsCountsForNothing) {
  auto made = proposal("a", 10, {4000, 2000, 1000});
  for (auto& each : made.evaluations) each.account_id.text = "judge";
  made.evaluations[2].conflict = SupplyConflict::kRelative;
  EXPECT_EQ(rank_proposals({made}, s4_rules(), {10}).failure().reason.code, "supply.evaluation_missing");
  for (const auto phase : {SupplyPhase::kWritten, SupplyPhase::kPresentation})
    made.evaluations.push_back(judged(phase, {1000, 3000, 2000}));
  made.evaluations.push_back(judged(SupplyPhase::kSiteVisit, {}));
  for (std::size_t i = 3; i < 6; ++i) made.evaluations[i].account_id.text = "another";
  EXPECT_EQ(*rank({made}, 10)[0].centi_points, 6000) << "of the other judge alone";
}

TEST(Ranking, A2_ASiteVisitThatMostJudgesDidNotPassExcludes) {
  auto made = proposal("a", 10, {5000, 3000, 2000});
  made.evaluations[2].passed = false;
  const auto ranked = rank({made}, 10);
  EXPECT_EQ(order(ranked), "a-");
  EXPECT_TRUE(says(ranked[0], "supply.phase_failed"));
  made.evaluations.push_back(judged(SupplyPhase::kSiteVisit, {}));
  EXPECT_EQ(order(rank({made}, 10)), "a+") << "half of them is not most";
}

TEST(Ranking, A2_TheThresholdIsReachedByHavingExactlyIt) {
  EXPECT_EQ(order(rank({proposal("hit", 10, {3000, 2000, 1000})}, 10)), "hit+");
  const auto below = rank({proposal("below", 10, {3000, 2000, 999})}, 10);
  EXPECT_EQ(order(below), "below-");
  EXPECT_FALSE(below[0].rank.has_value());
  EXPECT_TRUE(says(below[0], "supply.below_threshold"));
}

TEST(Ranking, A3_OwnUseAboveTheCeilingExcludes) {
  auto made = proposal("a", 10, {5000, 3000, 2000});
  made.proposal.own_use_bp = 3001;
  EXPECT_EQ(order(rank({made}, 10)), "a-");
}

TEST(Ranking, A2_TiesGoByTheCriteriaThenThePriceThenTheReceipt) {
  auto early = proposal("z", 10, {4000, 2000, 1000}), late = proposal("y", 10, {4000, 2000, 1000});
  early.proposal.created_at = {1};
  late.proposal.created_at = {2};
  const auto ranked = rank({proposal("c", 10, {4000, 1000, 2000}), proposal("d", 9, {4000, 2000, 1000}), late,
                            early, proposal("a", 11, {5000, 1000, 1000})},
                           1);
  EXPECT_EQ(order(ranked), "a~ d~ z~ y~ c~");
  const auto by = [](const model::SupplierProposal& each) {
    for (const auto& ground : each.grounds)
      if (ground.code == "supply.tie_broken") return std::get<std::string>(*ground.find("by"));
    return std::string();
  };
  EXPECT_EQ(by(ranked[0]), "capability");
  EXPECT_EQ(by(ranked[1]), "price");
  EXPECT_EQ(by(ranked[2]), "receipt");
  EXPECT_EQ(by(ranked[3]), "speed");
}

TEST(Ranking, A8_TheBudgetGoesDownTheRanksAndTheNextIsTakenWhereItIsLeft) {
  const std::vector<JudgedProposal> all{proposal("1", 60, {5000, 3000, 2000}),
                                        proposal("2", 50, {5000, 3000, 1000}),
                                        proposal("3", 40, {5000, 3000, 500})};
  EXPECT_EQ(order(rank(all, 100)), "1+ 2~ 3+") << "to the last won";
  EXPECT_EQ(order(rank(all, 99)), "1+ 2~ 3~");
  auto rules = s4_rules();
  rules.next_ranked_within_budget = false;
  const auto strict = rank(all, 100, rules);
  EXPECT_EQ(order(strict), "1+ 2~ 3~") << "the first that does not fit ends it";
  EXPECT_TRUE(says(strict[2], "supply.beyond_budget"));
}

TEST(Ranking, A2_WhatAnEvaluationMayHold) {
  const auto rules = s4_rules();
  const auto check = [&](model::EvaluateProposal evaluation) {
    const auto status = check_evaluation(evaluation, rules);
    return status.ok() ? std::string("ok") : status.failure().reason.code;
  };
  const std::vector<model::CriterionScore> good{{"capability", 5000}, {"speed", 3000}, {"own_use", 2000}};
  EXPECT_EQ(check({SupplyPhase::kWritten, SupplyConflict::kNone, true, good, ""}), "ok");
  auto scores = good;
  scores[0].centi_points = 5001;
  EXPECT_EQ(check({SupplyPhase::kWritten, SupplyConflict::kNone, true, scores, ""}),
            "supply.too_many_points");
  scores = good;
  scores.pop_back();
  EXPECT_EQ(check({SupplyPhase::kWritten, SupplyConflict::kNone, true, scores, ""}),
            "supply.criterion_missing");
  scores.push_back({"speed", 1});
  EXPECT_EQ(check({SupplyPhase::kWritten, SupplyConflict::kNone, true, scores, ""}),
            "supply.criterion_twice");
  scores.back().criterion = "colour";
  EXPECT_EQ(check({SupplyPhase::kWritten, SupplyConflict::kNone, true, scores, ""}),
            "supply.criterion_unknown");
  EXPECT_EQ(check({SupplyPhase::kWritten, SupplyConflict::kOther, true, good, ""}),
            "supply.scores_in_conflict");
  EXPECT_EQ(check({SupplyPhase::kWritten, SupplyConflict::kOther, true, {}, ""}), "ok");
  EXPECT_EQ(check({SupplyPhase::kSiteVisit, SupplyConflict::kNone, true, good, ""}),
            "supply.scores_not_asked");
  EXPECT_EQ(check({SupplyPhase::kSiteVisit, SupplyConflict::kNone, false, {}, ""}), "ok");
  auto two = rules;
  two.phases.pop_back();
  EXPECT_EQ(check_evaluation({SupplyPhase::kSiteVisit, SupplyConflict::kNone, true, {}, ""}, two)
                .failure()
                .reason.code,
            "supply.no_such_phase");
}

// An oracle that works otherwise: it looks for the order among all permutations, by pairs, with fractions of
// its own, and spends the budget on what it finds.
struct Oracle {
  std::vector<JudgedProposal> all;
  std::int64_t budget;

  std::int64_t points(const JudgedProposal& each) const {
    __extension__ using Int = __int128;
    Int written = 0, shown = 0, w = 0, p = 0;
    for (const auto& one : each.evaluations) {
      Int sum = 0;
      for (const auto& score : one.scores) sum += score.centi_points;
      if (one.phase == SupplyPhase::kWritten) written += sum, ++w;
      if (one.phase == SupplyPhase::kPresentation) shown += sum, ++p;
    }
    return static_cast<std::int64_t>((60 * written * p + 40 * shown * w) / (100 * w * p));
  }
  bool before(const JudgedProposal& a, const JudgedProposal& b) const {
    if (a.member != b.member) return a.member;
    if (points(a) != points(b)) return points(a) > points(b);
    for (std::size_t i = 0; i < 3; ++i) {
      JudgedProposal one = a, two = b;
      for (auto* each : {&one, &two})
        for (auto& evaluation : each->evaluations)
          for (std::size_t j = 0; j < evaluation.scores.size(); ++j)
            if (j != i) evaluation.scores[j].centi_points = 0;
      if (points(one) != points(two)) return points(one) > points(two);
    }
    if (a.proposal.price != b.proposal.price) return a.proposal.price < b.proposal.price;
    return a.proposal.created_at < b.proposal.created_at;
  }
  std::string answer() const {
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
      bool right = true;
      for (std::size_t i = 0; i + 1 < order.size(); ++i)
        right = right && before(all[order[i]], all[order[i + 1]]);
      if (right) break;
    } while (std::next_permutation(order.begin(), order.end()));
    std::string text;
    std::int64_t left = budget;
    for (const auto i : order) {
      const auto& each = all[i].proposal;
      const bool fits = each.price.won <= left;
      if (fits) left -= each.price.won;
      text += (text.empty() ? "" : " ") + each.id.text + (fits ? "+" : "~");
    }
    return text;
  }
};

TEST(Ranking, A1_A2_A8_AgreesWithAllPermutationsAndDoesNotSeeTheOrderOfItsInput) {
  std::mt19937_64 bits(20250514);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(n));
  };
  auto rules = s4_rules();
  rules.proposal_threshold_points.reset();
  for (int round = 0; round < rounds(300); ++round) {
    Oracle oracle{{}, below(12)};
    const auto count = 1 + below(5);
    for (std::int64_t i = 0; i < count; ++i) {
      auto made = proposal(std::string(1, static_cast<char>('a' + i)), 1 + below(4), {}, below(3) == 0);
      made.proposal.created_at = {i};
      made.evaluations = {judged(SupplyPhase::kSiteVisit, {})};
      for (const auto phase : {SupplyPhase::kWritten, SupplyPhase::kPresentation})
        for (std::int64_t judge = 1 + below(3); judge > 0; --judge)
          made.evaluations.push_back(judged(phase, {below(3), below(3), below(3)}));
      oracle.all.push_back(std::move(made));
    }
    const auto wanted = oracle.answer();
    EXPECT_EQ(order(rank(oracle.all, oracle.budget, rules)), wanted) << round;
    auto shuffled = oracle.all;
    std::shuffle(shuffled.begin(), shuffled.end(), bits);
    for (auto& each : shuffled) std::shuffle(each.evaluations.begin(), each.evaluations.end(), bits);
    EXPECT_EQ(order(rank(shuffled, oracle.budget, rules)), wanted) << round;
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace dure::supply
