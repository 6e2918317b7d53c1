// Invariant 1 over random histories: batches come, let on users in waves, drain and end; allocations and
// reservations are asked for, given where may_claim() says so, and end. After each step, on each day from
// then on, what is given is within what is in service. The oracle counts day by day, and knows no turning
// days.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "supply/batch.h"
#include "supply/capacity.h"
#include "supply/supply_fixture.h"

namespace dure::supply {
namespace {

using base::Date;
using base::MilliGpu;
using model::BatchStage;
using model::BatchState;
using model::CapacityBatch;

constexpr int kDays = 40;
const Date kFirst{2026, 1, 1};
const char* const kModels[] = {"h200", "b200"};

// GPUs in service for users, counted from the entries alone.
std::int64_t counted(const std::vector<CapacityBatch>& batches, const std::string& model, Date on) {
  std::int64_t sum = 0;
  for (const auto& batch : batches) {
    if (!model.empty() && batch.model != model) continue;
    std::int64_t gpus = 0;
    for (const auto& entry : batch.stages)
      if (entry.stage == BatchStage::kUsers && entry.actual_on && !(on < *entry.actual_on))
        gpus += entry.quantity * batch.gpus_per_unit;
    if (batch.available_until && *batch.available_until < on) gpus = 0;
    sum += gpus - gpus * batch.own_use_gpus / (batch.quantity * batch.gpus_per_unit);
  }
  return sum * 1000;
}

std::int64_t given(const std::vector<Claim>& claims, const std::string& model, Date on) {
  std::int64_t sum = 0;
  for (const auto& each : claims)
    if ((model.empty() || each.model == model) && !(on < each.first) && !(each.last < on))
      sum += each.amount.value;
  return sum;
}

// The first day on which too much is given, by looking at every day.
std::optional<Date> too_much(const std::vector<CapacityBatch>& batches, const std::vector<Claim>& claims,
                             Date from) {
  for (Date on = from; on < base::add_days(kFirst, 3 * kDays); on = base::add_days(on, 1))
    for (const std::string model : {"h200", "b200", ""})
      if (given(claims, model, on) > counted(batches, model, on)) return on;
  return std::nullopt;
}

class History {
 public:
  explicit History(std::uint64_t seed) : bits_(seed) {}

  void live() {
    for (int step = 0; step < 60 && !testing::Test::HasFailure(); ++step) {
      if (below(3) == 0) today_ = base::add_days(today_, below(3));
      switch (below(4)) {
        case 0:
          plan();
          break;
        case 1:
          advance();
          break;
        default:
          ask();
      }
      EXPECT_EQ(too_much(batches_, claims_, today_), std::nullopt);
      const auto shortage = first_shortage(batches_, claims_, today_);
      EXPECT_FALSE(shortage.has_value());
    }
  }
  int given_count() const { return given_; }
  int refused_count() const { return refused_; }

 private:
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(n));
  }

  void plan() {
    if (batches_.size() == 5) return;
    model::PlanBatch wish;
    wish.item = item(kModels[below(2)], 1 + below(4), below(2) == 0 ? 1 : 8);
    agreement_.state = model::AgreementState::kInForce;
    agreement_.own_use_bp = below(2) * 2500;
    auto batch = *plan_batch(wish, &agreement_, s4_rules());
    batch.id.text = std::to_string(batches_.size());
    batches_.push_back(batch);
  }

  // The next stage of a random batch, or its end; refused where something given would lose its place.
  void advance() {
    if (batches_.empty()) return;
    auto& batch = batches_[static_cast<std::size_t>(below(static_cast<std::int64_t>(batches_.size())))];
    for (const auto stage : {BatchStage::kPower, BatchStage::kNetwork, BatchStage::kOrder,
                             BatchStage::kDelivery, BatchStage::kAcceptance, BatchStage::kStabilisation,
                             BatchStage::kUsers, BatchStage::kDrain, BatchStage::kRetirement}) {
      const bool end = stage >= BatchStage::kDrain;
      if (below(8) < (end ? 6 : 1)) continue;
      model::RecordStage command{stage, 0, stage == BatchStage::kUsers ? 1 + below(3) : 0, {}, today_, ""};
      if (stage == BatchStage::kRetirement && batch.state == BatchState::kInService) {
        command.actual_on.reset();
        command.planned_on = base::add_days(today_, 1 + below(10));
      }
      if (const auto after = record_stage(batch, command, &agreement_, today_); after.ok())
        keep(batch, *after);
    }
  }
  void keep(CapacityBatch& batch, const CapacityBatch& after) {
    const CapacityBatch before = batch;
    const auto all_before = batches_;
    batch = after;
    const bool fits = still_fits(all_before, batches_, claims_, today_).ok();
    EXPECT_EQ(fits, !too_much(batches_, claims_, today_).has_value());
    if (!fits) batch = before;
  }

  void ask() {
    const auto from = base::add_days(today_, below(10)), to = base::add_days(from, below(20));
    const std::string model = below(3) == 0 ? "" : kModels[below(2)];
    const Claim wanted{std::to_string(given_ + refused_), model, MilliGpu::blocks(1 + below(600)), from, to};
    auto with = claims_;
    with.push_back(wanted);
    const bool fits = may_claim(batches_, claims_, wanted, today_).ok();
    EXPECT_EQ(fits, !too_much(batches_, with, today_).has_value()) << "asked " << wanted.amount.value;
    if (fits) claims_ = with;
    ++(fits ? given_ : refused_);
    if (below(4) == 0 && !claims_.empty())
      claims_.erase(claims_.begin() + below(static_cast<std::int64_t>(claims_.size())));
  }

  std::mt19937_64 bits_;
  Date today_ = kFirst;
  model::SupplyAgreement agreement_;
  std::vector<CapacityBatch> batches_;
  std::vector<Claim> claims_;
  int given_ = 0;
  int refused_ = 0;
};

TEST(CapacityProperty, A5_Invariant1_WhatIsGivenIsWithinWhatIsInServiceOnEveryDay) {
  int all_given = 0, all_refused = 0;
  for (int seed = 1; seed <= rounds(150); ++seed) {
    SCOPED_TRACE(seed);
    History history(static_cast<std::uint64_t>(seed));
    history.live();
    all_given += history.given_count();
    all_refused += history.refused_count();
    if (HasFailure()) return;
  }
  EXPECT_GT(all_given, all_refused / 20) << "the histories have something in them";
  EXPECT_GT(all_refused, all_given / 20);
}

}  // namespace
}  // namespace dure::supply
