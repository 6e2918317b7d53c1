#include "evaluation/counter_offer.h"

#include <gtest/gtest.h>

namespace dure::evaluation {
namespace {

policy::Pool cards(const std::string& id, const std::string& model) {
  policy::Pool pool;
  pool.id = id;
  pool.unit = policy::OfferUnit::kGpu;
  pool.models = {model};
  pool.unit_menu = {base::MilliGpu::cards(1), base::MilliGpu::cards(2)};
  return pool;
}

PoolAmount amount_in(const std::string& pool, const std::string& model, std::int64_t blocks) {
  return {pool, {model, blocks, 0, {}, {}}};
}

std::string refusal(const PoolAmount& offered, const policy::Pool& pool,
                    const policy::Ceiling& ceiling = {}) {
  const auto checked = check_counter_offer(amount_in("fast", "h100", 200), offered, pool, ceiling);
  return checked.ok() ? "" : checked.failure().reason.code;
}

TEST(CounterOffer, F11_IsAnotherResourceOrLess) {
  const auto fast = cards("fast", "h100");
  const auto slow = cards("slow", "t4");
  EXPECT_EQ(refusal(amount_in("fast", "h100", 100), fast), "") << "less";
  EXPECT_EQ(refusal(amount_in("slow", "t4", 200), slow), "") << "another accelerator";
  EXPECT_EQ(refusal(amount_in("fast", "h100", 200), fast), "counter_offer.the_same");
  EXPECT_EQ(refusal(amount_in("slow", "t4", 300), slow), "counter_offer.larger");
}

TEST(CounterOffer, F11_Invariant7_IsOfTheMenuAndWithinTheCeiling) {
  const auto fast = cards("fast", "h100");
  EXPECT_EQ(refusal(amount_in("fast", "h100", 150), fast), "decision.not_in_menu");
  EXPECT_EQ(refusal(amount_in("fast", "t4", 100), fast), "decision.model_not_offered");
  EXPECT_EQ(refusal(amount_in("fast", "h100", 0), fast), "decision.nothing_awarded");
  policy::Ceiling half;
  half.gpu = base::MilliGpu::blocks(50);
  EXPECT_EQ(refusal(amount_in("fast", "h100", 100), fast, half), "decision.over_ceiling");
}

TEST(CounterOffer, F11_WhatIsLeftOutFollowsInProportion) {
  const model::ResourceAmount asked{"h100", 200, 16, {64}, {500}};
  const model::ResourceAmount half{"t4", 100, 8, {32}, {500}};
  EXPECT_EQ(in_proportion(asked, {"t4", 100, 0, {}, {}}), half);
  EXPECT_EQ(in_proportion(asked, {"t4", 100, 2, {}, {}}).cpu_cores, 2);
}

}  // namespace
}  // namespace dure::evaluation
