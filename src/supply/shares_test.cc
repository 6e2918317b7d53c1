#include "supply/shares.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "supply/supply_fixture.h"

namespace dure::supply {
namespace {

using Answers = std::vector<model::DemandAnswer>;

Answers answers(const std::vector<std::pair<std::string, std::int64_t>>& asked) {
  Answers all;
  for (const auto& [group, gpus] : asked) {
    model::DemandAnswer answer;
    answer.user_group = group;
    answer.gpus = gpus;
    all.push_back(answer);
  }
  return all;
}

policy::Supply rules_with(std::int64_t demand, std::int64_t priority, std::int64_t performance) {
  auto rules = s4_rules();
  rules.share_weights = {demand, priority, performance};
  return rules;
}

std::vector<std::int64_t> gpus_of(const base::Result<std::vector<model::GroupShare>>& shares) {
  std::vector<std::int64_t> gpus;
  for (const auto& each : *shares) gpus.push_back(each.gpus);
  return gpus;
}
using Gpus = std::vector<std::int64_t>;

TEST(Shares, A6_ByWhatWasAskedForByPriorityAndByResults) {
  const auto asked = answers({{"industry", 1288}, {"academia", 2624}, {"research", 312}});
  EXPECT_EQ(gpus_of(share_among(rules_with(1, 0, 0), asked, 4224)), (Gpus{1288, 2624, 312}));
  EXPECT_EQ(gpus_of(share_among(rules_with(0, 1, 0), asked, 600)), (Gpus{300, 200, 100}));
  EXPECT_EQ(gpus_of(share_among(rules_with(0, 0, 1), asked, 600)), (Gpus{200, 200, 200}));
  // Half and half: (1288/4224 + 1/2) / 2 of 4224, and so on.
  EXPECT_EQ(gpus_of(share_among(rules_with(1, 1, 0), asked, 4224)), (Gpus{1700, 2016, 508}));
}

TEST(Shares, A6_LargestRemaindersAndTiesAreDeclared) {
  const auto even = answers({{"industry", 5}, {"academia", 5}, {"research", 5}});
  const auto shares = share_among(rules_with(1, 0, 0), even, 8);
  EXPECT_EQ(gpus_of(shares), (Gpus{3, 3, 2})) << "the order of the pack";
  for (const auto& each : *shares) EXPECT_TRUE(each.tie) << each.user_group;
  EXPECT_TRUE((*shares)[0].remainder);
  EXPECT_FALSE((*shares)[2].remainder);
  const auto clear =
      share_among(rules_with(1, 0, 0), answers({{"industry", 6}, {"academia", 5}, {"research", 4}}), 8);
  EXPECT_EQ(gpus_of(clear), (Gpus{3, 3, 2}));
  for (const auto& each : *clear) EXPECT_FALSE(each.tie);
}

TEST(Shares, A6_WhatNobodyHasCountsForNothing) {
  EXPECT_EQ(gpus_of(share_among(rules_with(5, 1, 0), {}, 600)), (Gpus{300, 200, 100})) << "no answers yet";
  const auto stranger = answers({{"industry", 1}, {"nobody", 1000}});
  EXPECT_EQ(gpus_of(share_among(rules_with(1, 0, 0), stranger, 10)), (Gpus{10, 0, 0}));
  EXPECT_EQ(share_among(rules_with(1, 0, 0), {}, 10).failure().reason.code, "supply.nothing_to_share_by");
  policy::Supply none;
  EXPECT_EQ(share_among(none, {}, 10).failure().reason.code, "supply.no_groups");
}

TEST(Shares, A6_TheLargestFiguresDoNotOverflow) {
  auto rules = rules_with(10'000, 10'000, 10'000);
  rules.groups.clear();
  for (int i = 0; i < 500; ++i) rules.groups.push_back({"g" + std::to_string(i), {}, 10'000, 10'000});
  Answers all;
  for (int i = 0; i < 15'625; ++i) all.push_back(answers({{"g0", model::kMostGpus}})[0]);
  const auto shares = share_among(rules, all, model::kMostGpus);
  ASSERT_TRUE(shares.ok()) << shares.failure().reason.code;
  const auto gpus = gpus_of(shares);
  EXPECT_EQ(std::accumulate(gpus.begin(), gpus.end(), std::int64_t{0}), model::kMostGpus);
  // g0: a third, and its part of two thirds by 500; the others that part alone.
  EXPECT_EQ(gpus[499], model::kMostGpus * 2 / 1500);
  for (int i = 0; i < 40'000; ++i) all.push_back(all[0]);
  const auto flooded = share_among(rules, all, model::kMostGpus);
  ASSERT_TRUE(flooded.ok()) << "answers that cannot be make the survey useless for nobody";
  EXPECT_EQ(gpus_of(flooded), gpus) << "they are all of one group, as before";
}

// The oracle: fractions of its own in lowest terms, one GPU after the other to who is furthest below his
// share.
struct Fraction {
  std::int64_t over, under;
  static Fraction of(std::int64_t a, std::int64_t b) {
    const auto common = std::gcd(a, b);
    return {a / common, b / common};
  }
  Fraction plus(Fraction other) const {
    return of(over * other.under + other.over * under, under * other.under);
  }
  bool above(Fraction other) const { return over * other.under > other.over * under; }
};

Gpus oracle(const policy::Supply& rules, const Answers& asked, std::int64_t gpus) {
  std::vector<Fraction> quota;
  const auto& weights = rules.share_weights;
  std::vector<std::int64_t> demand;
  for (const auto& group : rules.groups) {
    std::int64_t sum = 0;
    for (const auto& each : asked) sum += each.user_group == group.id ? each.gpus : 0;
    demand.push_back(sum);
  }
  std::int64_t all[3] = {0, 0, 0}, whole = 0;
  for (std::size_t i = 0; i < rules.groups.size(); ++i) {
    all[0] += demand[i];
    all[1] += rules.groups[i].priority;
    all[2] += rules.groups[i].performance;
  }
  const std::int64_t weight[3] = {weights.demand, weights.priority, weights.performance};
  for (int k = 0; k < 3; ++k) whole += all[k] > 0 ? weight[k] : 0;
  for (std::size_t i = 0; i < rules.groups.size(); ++i) {
    const std::int64_t had[3] = {demand[i], rules.groups[i].priority, rules.groups[i].performance};
    Fraction sum{0, 1};
    for (int k = 0; k < 3; ++k)
      if (all[k] > 0) sum = sum.plus(Fraction::of(weight[k] * had[k] * gpus, whole * all[k]));
    quota.push_back(sum);
  }
  Gpus given;
  std::int64_t rest = gpus;
  for (const auto& each : quota) {
    given.push_back(each.over / each.under);
    rest -= given.back();
  }
  std::vector<bool> served(quota.size());
  for (; rest > 0; --rest) {
    std::size_t best = quota.size();
    const auto left = [&](std::size_t i) {
      return Fraction::of(quota[i].over - given[i] * quota[i].under, quota[i].under);
    };
    for (std::size_t i = 0; i < quota.size(); ++i)
      if (!served[i] && (best == quota.size() || left(i).above(left(best)))) best = i;
    ++given[best];
    served[best] = true;
  }
  return given;
}

TEST(Shares, A6_AgreeWithFractionsOnRandomSurveysInAnyOrder) {
  std::mt19937_64 bits(6);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(n));
  };
  for (int round = 0; round < rounds(500); ++round) {
    auto rules = rules_with(below(4), below(4), below(4));
    rules.groups.clear();
    for (int i = 0; i < 2 + static_cast<int>(below(4)); ++i)
      rules.groups.push_back({"g" + std::to_string(i), {}, below(6), below(6)});
    std::vector<std::pair<std::string, std::int64_t>> asked;
    for (int i = 0; i < 8; ++i) asked.emplace_back("g" + std::to_string(below(6)), 1 + below(20));
    auto all = answers(asked);
    const std::int64_t gpus = below(200);
    const auto shares = share_among(rules, all, gpus);
    if (!shares.ok()) continue;
    EXPECT_EQ(gpus_of(shares), oracle(rules, all, gpus)) << round;
    std::shuffle(all.begin(), all.end(), bits);
    EXPECT_EQ(gpus_of(share_among(rules, all, gpus)), gpus_of(shares)) << round;
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace dure::supply
