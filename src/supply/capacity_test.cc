#include "supply/capacity.h"

#include <gtest/gtest.h>

#include "calendar/period.h"
#include "supply/supply_fixture.h"

namespace dure::supply {
namespace {

using base::MilliGpu;
using model::CapacityBatch;

Claim claim(const std::string& id, const std::string& model, std::int64_t gpus, const std::string& first,
            const std::string& last) {
  return {id, model, MilliGpu::cards(gpus), day(first), day(last)};
}

std::string refusal(const base::Status& status) {
  return status.ok() ? "" : status.failure().reason.code;
}
std::int64_t number(const base::Status& status, const std::string& name) {
  return std::get<std::int64_t>(*status.failure().reason.find(name));
}
std::string text(const base::Status& status, const std::string& name) {
  return std::get<std::string>(*status.failure().reason.find(name));
}

TEST(Capacity, A7_ConditionalCapacityIsNeverGivenBeforeItIsInService) {
  CapacityBatch batch = batch_in_service("b1", "h200", 1060, "2026-05-01");
  batch.conditional = true;
  batch.promises = {{model::CallId("c1"), 1060}};
  const auto wanted = claim("a", "h200", 1, "2026-05-01", "2026-05-31");
  EXPECT_EQ(refusal(may_claim({batch}, {}, wanted, day("2026-05-01"))), "");
  for (const auto state : {model::BatchState::kPlanned, model::BatchState::kOrdered,
                           model::BatchState::kDelivered, model::BatchState::kAccepted}) {
    auto before = batch;
    before.state = state;
    before.stages[0] = {model::BatchStage::kUsers, 1, 1060, day("2026-05-01"), {}, ""};
    const auto refused = may_claim({before}, {}, wanted, day("2026-05-01"));
    EXPECT_EQ(refusal(refused), "supply.no_capacity");
    EXPECT_EQ(number(refused, "free_milli_gpu"), 0);
  }
}

TEST(Capacity, A9_Invariant1_ReservationsOfNationalProjectsAreHeldBesideAllocations) {
  const std::vector<CapacityBatch> batches{batch_in_service("b1", "h200", 100, "2026-01-01", 20)};
  const std::vector<Claim> held{claim("national", "h200", 50, "2026-06-01", "2026-12-31")};
  EXPECT_EQ(refusal(may_claim(batches, held, claim("a", "h200", 80, "2026-03-01", "2026-05-31"),
                              day("2026-03-01"))),
            "")
      << "the gap before it starts (F7)";
  const auto refused =
      may_claim(batches, held, claim("a", "h200", 31, "2026-03-01", "2026-06-01"), day("2026-03-01"));
  EXPECT_EQ(refusal(refused), "supply.no_capacity");
  EXPECT_EQ(text(refused, "day"), "2026-06-01");
  EXPECT_EQ(number(refused, "free_milli_gpu"), 30'000);
  EXPECT_EQ(refusal(may_claim(batches, held, claim("a", "h200", 30, "2026-03-01", "2026-12-31"),
                              day("2026-03-01"))),
            "")
      << "exactly what is left";
}

TEST(Capacity, A5_EachModelForItselfAndAllTogether) {
  const std::vector<CapacityBatch> batches{batch_in_service("b1", "h200", 10, "2026-01-01"),
                                           batch_in_service("b2", "b200", 5, "2026-01-01")};
  EXPECT_EQ(capacity_on(batches, "h200", day("2026-01-01")), MilliGpu::cards(10));
  EXPECT_EQ(capacity_on(batches, "", day("2026-01-01")), MilliGpu::cards(15));
  const std::string from = "2026-02-01", to = "2026-02-28";
  EXPECT_EQ(text(may_claim(batches, {}, claim("a", "b200", 6, from, to), day(from)), "model"), "b200");
  const auto any = claim("any", "", 9, from, to);
  EXPECT_EQ(refusal(may_claim(batches, {any}, claim("a", "h200", 6, from, to), day(from))), "");
  const auto both = may_claim(batches, {any}, claim("a", "h200", 7, from, to), day(from));
  EXPECT_EQ(text(both, "model"), "*") << "ten are there of the model, and not beside the nine";
}

TEST(Capacity, A4_WhatIsGivenStandsInTheWayOfARetirement) {
  auto batch = batch_in_service("b1", "h200", 10, "2026-01-01");
  const std::vector<Claim> held{claim("a", "h200", 4, "2026-02-01", "2026-03-31")};
  const auto endless = batch;
  batch.available_until = day("2026-03-30");
  const auto refused = still_fits({endless}, {batch}, held, day("2026-02-01"));
  EXPECT_EQ(refusal(refused), "supply.claims_in_the_way");
  EXPECT_EQ(text(refused, "day"), "2026-03-31");
  batch.available_until = day("2026-03-31");
  EXPECT_EQ(refusal(still_fits({endless}, {batch}, held, day("2026-02-01"))), "");
  batch.available_until = day("2026-02-15");
  EXPECT_EQ(refusal(still_fits({endless}, {batch}, held, day("2026-04-01"))), "")
      << "what is over holds up nothing";
  const std::vector<Claim> too_much{claim("a", "h200", 40, "2026-02-01", "2026-03-31")};
  EXPECT_EQ(refusal(still_fits({batch}, {endless}, too_much, day("2026-02-01"))), "") << "more is not worse";
}

TEST(Capacity, A5_Invariant1_WhereTooMuchIsGivenLessIsNeverRefused) {
  const std::vector<CapacityBatch> batches{batch_in_service("b1", "h200", 10, "2026-01-01")};
  const std::vector<Claim> others{claim("other", "h200", 12, "2026-02-01", "2026-03-31")};
  const auto former = claim("a", "h200", 4, "2026-02-01", "2026-03-31");
  const auto less = claim("a", "h200", 2, "2026-02-01", "2026-03-31");
  EXPECT_EQ(refusal(may_claim(batches, others, less, day("2026-02-01"))), "supply.no_capacity");
  EXPECT_EQ(refusal(may_claim(batches, others, less, day("2026-02-01"), former)), "");
  EXPECT_EQ(refusal(may_claim(batches, others, former, day("2026-02-01"), former)), "");
  const auto more = claim("a", "h200", 5, "2026-02-01", "2026-03-31");
  EXPECT_EQ(refusal(may_claim(batches, others, more, day("2026-02-01"), former)), "supply.no_capacity");
  const auto longer = claim("a", "h200", 2, "2026-02-01", "2026-04-01");
  EXPECT_EQ(refusal(may_claim(batches, {claim("other", "h200", 12, "2026-02-01", "2026-04-30")}, longer,
                              day("2026-02-01"), former)),
            "supply.no_capacity")
      << "a day that it did not have before";
}

TEST(Capacity, ClaimsAreOfWhatIsNotOver) {
  model::Allocation allocation;
  allocation.id.text = "a";
  allocation.limit.blocks = 150;
  allocation.starts_on = day("2026-01-01");
  allocation.ends_on = day("2026-01-31");
  EXPECT_EQ(claim_of(allocation)->amount.value, 1500);
  for (const auto state : {model::AllocationState::kReclaimed, model::AllocationState::kEnded,
                           model::AllocationState::kPurgeDue, model::AllocationState::kPurged}) {
    allocation.state = state;
    EXPECT_FALSE(claim_of(allocation).has_value()) << model::to_text(state);
  }
  model::BeneficiaryReservation reservation;
  reservation.gpus = 3;
  EXPECT_EQ(claim_of(reservation)->amount.value, 3000);
  reservation.state = model::BeneficiaryState::kCancelled;
  EXPECT_FALSE(claim_of(reservation).has_value());
}

// Each gap can be had by itself and nothing more, by the check of the giving transaction.
TEST(Capacity, A9_F7_Invariant1_GapsAreWhatMayBeClaimedForSoLong) {
  const std::vector<CapacityBatch> batches{batch_in_service("b1", "h200", 20, "2026-01-01"),
                                           batch_in_service("b2", "b200", 4, "2026-01-01")};
  const std::vector<Claim> given{claim("national", "h200", 12, "2026-09-01", "2027-02-28"),
                                 claim("any", "", 2, "2026-11-01", "2026-12-31"),
                                 claim("now", "h200", 5, "2026-06-01", "2026-07-31")};
  const auto from = day("2026-07-01"), last = day("2026-12-31");
  const auto gaps = gaps_from(batches, given, "h200", from, last);
  std::string told;
  for (const auto& gap : gaps)
    told += std::to_string(gap.amount.value / 1000) + " until " + base::to_text(gap.until) + "; ";
  EXPECT_EQ(told, "15 until 2026-08-31; 8 until 2026-12-31; ");
  for (const auto& gap : gaps) {
    Claim wanted{"w", "h200", gap.amount, gap.from, gap.until};
    EXPECT_EQ(refusal(may_claim(batches, given, wanted, from)), "") << gap.id;
    wanted.amount = {gap.amount.value + 1};
    EXPECT_EQ(refusal(may_claim(batches, given, wanted, from)), "supply.no_capacity") << gap.id;
    if (gap.until == last) continue;
    wanted = {"w", "h200", gap.amount, gap.from, calendar::day_after(gap.until)};
    EXPECT_EQ(refusal(may_claim(batches, given, wanted, from)), "supply.no_capacity") << gap.id;
  }
  EXPECT_TRUE(gaps_from(batches, given, "a100", from, last).empty()) << "a model that is not there";
}

}  // namespace
}  // namespace dure::supply
