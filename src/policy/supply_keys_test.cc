// The keys of the section supply: read as they are written, and refused where they contradict each other.
#include "policy/names.h"
#include "policy/test_layers.h"

namespace dure::policy {
namespace {

std::string supply(const std::string& section) {
  return head("programme") + "meta:\n  programme: " + sourced("test") +
         "\n  title: " + sourced("{ko: 사업}") + "\nsupply:\n" + section;
}

base::Result<Pack> pack_with(const std::string& section) {
  return merge({layer_at("policies/default/policy.yaml"), layer_at("policies/floors/policy.yaml"),
                layer_of(supply(section))});
}

std::set<std::string> faults_in(const std::string& section) {
  const auto pack = pack_with(section);
  return pack.ok() ? std::set<std::string>{} : faults(pack.failure());
}

TEST(SupplyKeys, A2_A6_AreReadAsTheyAreWritten) {
  const auto pack =
      pack_with("  phases: " +
                sourced("[{phase: written, weight: 60}, {phase: site_visit, weight: 0, min_evaluators: 3}]") +
                "\n  payments: " +
                sourced("[{title: {ko: 1차}, share_bp: 7000, after: 1 month}, {title: {ko: 2차}, share_bp: "
                        "3000, after: 3 months}]") +
                "\n  groups: " + sourced("[{id: industry, title: {ko: 산업계}, priority: 3}]") +
                "\n  share_weights: " + sourced("{demand: 2, priority: 1}") +
                "\n  member_preference: " + sourced("rank_first") + "\n");
  ASSERT_TRUE(pack.ok());
  const Supply& rules = pack->supply;
  EXPECT_TRUE(pack->on(Section::kSupply));
  ASSERT_EQ(rules.phases.size(), 2u);
  EXPECT_EQ(rules.phases[1].phase, SupplyPhaseKind::kSiteVisit);
  EXPECT_EQ(rules.phases[0].min_evaluators, 1);
  EXPECT_EQ(rules.phases[1].min_evaluators, 3);
  EXPECT_EQ(rules.payments[1].after, (calendar::Length{3, calendar::Unit::kMonths}));
  EXPECT_EQ(rules.groups[0].priority, 3);
  EXPECT_EQ(rules.share_weights, (ShareWeights{2, 1, 0}));
  EXPECT_EQ(rules.member_preference, MemberPreference::kRankFirst);
  EXPECT_EQ(restore(pack->canonical())->supply, rules);
}

TEST(SupplyKeys, A2_A3_A6_ThatContradictEachOtherAreRefused) {
  EXPECT_EQ(
      faults_in("  payments: " + sourced("[{title: {ko: 1차}, share_bp: 7000, after: 1 month}]") + "\n"),
      (std::set<std::string>{"/supply/payments policy.shares_not_whole"}));
  EXPECT_EQ(faults_in("  phases: " + sourced("[{phase: written, weight: 0}]") + "\n"),
            (std::set<std::string>{"/supply/phases policy.weighs_nothing"}));
  EXPECT_EQ(
      faults_in("  phases: " + sourced("[{phase: written, weight: 1}, {phase: written, weight: 2}]") + "\n"),
      (std::set<std::string>{"/supply/phases policy.listed_twice"}));
  EXPECT_EQ(faults_in("  share_weights: " + sourced("{demand: 0}") + "\n"),
            (std::set<std::string>{"/supply/share_weights policy.weighs_nothing"}));
  EXPECT_EQ(faults_in("  groups: " + sourced("[{id: a, title: {ko: 가}}, {id: a, title: {ko: 나}}]") + "\n"),
            (std::set<std::string>{"/supply/groups policy.listed_twice"}));
}

}  // namespace
}  // namespace dure::policy
