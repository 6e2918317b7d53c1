// The real pack of the 2025 procurement plan, as the supply side reads it: judged, agreed and shared by it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/test_layers.h"
#include "supply/agreement.h"
#include "supply/ranking.h"
#include "supply/shares.h"
#include "supply/supply_fixture.h"

namespace dure::supply {
namespace {

policy::Supply real_rules() {
  const auto pack = policy::merge({policy::layer_at("policies/default/policy.yaml"),
                                   policy::layer_at("policies/floors/policy.yaml"),
                                   policy::layer_at("policies/s4-procurement-2025/policy.yaml")});
  EXPECT_TRUE(pack.ok());
  return pack.ok() ? pack->supply : policy::Supply{};
}

// What a judge hands in for each phase: all criteria of the pack, and nothing where the phase gives no
// points.
JudgedProposal judged_by(const policy::Supply& rules, const std::string& id, std::int64_t price,
                         const std::vector<std::int64_t>& centi_points, bool member) {
  JudgedProposal made;
  made.proposal.id.text = id;
  made.proposal.price = {price};
  made.proposal.own_use_bp = 2487;
  made.member = member;
  for (const auto phase :
       {model::SupplyPhase::kWritten, model::SupplyPhase::kPresentation, model::SupplyPhase::kSiteVisit}) {
    model::EvaluateProposal said;
    said.phase = phase;
    for (std::size_t i = 0; phase != model::SupplyPhase::kSiteVisit && i < rules.criteria.size(); ++i)
      said.scores.push_back({rules.criteria[i].id, centi_points.at(i)});
    EXPECT_TRUE(check_evaluation(said, rules).ok()) << id;
    model::SupplierEvaluation kept;
    kept.phase = said.phase;
    kept.scores = said.scores;
    made.evaluations.push_back(kept);
  }
  return made;
}

TEST(S4Pack, A1_A2_A8_ItsCriteriaAreJudgedAndItsMembersComeFirst) {
  const auto rules = real_rules();
  std::int64_t points = 0;
  for (const auto& each : rules.criteria) points += each.max_points;
  EXPECT_EQ(points, 100);
  const auto ranked = rank_proposals({judged_by(rules, "outside", 700'000'000'000, {5000, 3000, 2000}, false),
                                      judged_by(rules, "better", 700'000'000'000, {4000, 2500, 1500}, true),
                                      judged_by(rules, "member", 700'000'000'000, {4000, 2000, 1500}, true)},
                                     rules, rules.budget);
  ASSERT_TRUE(ranked.ok());
  EXPECT_EQ((*ranked)[0].id.text, "better");
  EXPECT_EQ((*ranked)[0].centi_points, 8000);
  EXPECT_EQ((*ranked)[1].id.text, "member");
  EXPECT_EQ((*ranked)[2].id.text, "outside");
  EXPECT_EQ((*ranked)[1].state, model::ProposalState::kSelected);
  EXPECT_EQ((*ranked)[2].state, model::ProposalState::kReserve) << "the budget of 1,460 billion is used";
}

TEST(S4Pack, A3_OwnUseOfWhateverShareIsAllowed) {
  EXPECT_TRUE(check_own_use(2487, real_rules()).ok());
  EXPECT_TRUE(check_own_use(10'000, real_rules()).ok());
  EXPECT_FALSE(check_own_use(1, policy::Supply{}).ok()) << "where the pack does not speak of it";
}

TEST(S4Pack, A6_EachOfItsBeneficiariesIsAGroupThatIsSharedTo) {
  const auto rules = real_rules();
  std::vector<std::string> groups;
  groups.reserve(rules.groups.size());
  for (const auto& each : rules.groups) groups.push_back(each.id);
  EXPECT_EQ(groups, rules.beneficiaries);
  std::vector<model::DemandAnswer> answers(1);
  answers[0].user_group = "industry";
  answers[0].gpus = 5'000;
  const auto shares = share_among(rules, answers, 12'000);
  ASSERT_TRUE(shares.ok());
  EXPECT_EQ((*shares)[0].gpus, 6'000) << "all of the demand, a quarter of priority and of results";
  EXPECT_EQ((*shares)[3].gpus, 2'000);
}

}  // namespace
}  // namespace dure::supply
