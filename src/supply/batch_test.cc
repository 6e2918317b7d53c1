#include "supply/batch.h"

#include <gtest/gtest.h>

#include "supply/supply_fixture.h"

namespace dure::supply {
namespace {

using model::BatchStage;
using model::BatchState;
using model::CapacityBatch;

model::SupplyAgreement agreement(std::int64_t own_use_bp = 2487) {
  model::SupplyAgreement made;
  made.id.text = "a1";
  made.state = model::AgreementState::kInForce;
  made.own_use_bp = own_use_bp;
  made.items = {item("h200", 382, 8)};
  made.ends_on = day("2030-08-31");
  return made;
}

CapacityBatch planned(const model::SupplyAgreement& of = agreement()) {
  model::PlanBatch wish;
  wish.name = "1차";
  wish.pool = "main";
  wish.item = item("h200", 382, 8);
  return *plan_batch(wish, &of, s4_rules());
}

model::RecordStage actual(BatchStage stage, const std::string& on, std::int64_t wave = 0,
                          std::int64_t quantity = 0) {
  return {stage, wave, quantity, {}, day(on), ""};
}
base::Result<CapacityBatch> reach(const CapacityBatch& batch, const model::RecordStage& command,
                                  const std::string& today = "2026-12-31") {
  const auto of = agreement();
  return record_stage(batch, command, &of, day(today));
}
std::string batch_refusal(const base::Result<CapacityBatch>& result) {
  return result.ok() ? "(none)" : result.failure().reason.code;
}

CapacityBatch stable() {
  auto batch = planned();
  for (const auto& command :
       {actual(BatchStage::kPower, "2025-09-10"), actual(BatchStage::kNetwork, "2025-09-12"),
        actual(BatchStage::kOrder, "2025-09-05"), actual(BatchStage::kDelivery, "2025-09-20"),
        actual(BatchStage::kAcceptance, "2025-09-25"), actual(BatchStage::kStabilisation, "2025-09-30")})
    batch = *reach(batch, command);
  return batch;
}

TEST(Batch, A3_TheSuppliersOwnUseIsItsShareRoundedDown) {
  // What was published of 2025: 3,056, 7,656 and 2,424 GPUs, of which the government has 2,296, 6,120, 2,040.
  std::int64_t all = 0, government = 0;
  for (const auto& [gpus, bp, wanted] : std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>>{
           {3056, 2487, 2296}, {7656, 2007, 6120}, {2424, 1585, 2040}}) {
    CapacityBatch batch;
    batch.quantity = gpus;
    ASSERT_TRUE(tie_to_agreement(batch, agreement(bp)).ok());
    EXPECT_EQ(gpus - batch.own_use_gpus, wanted);
    all += gpus;
    government += gpus - batch.own_use_gpus;
  }
  EXPECT_EQ(all, 13'136);
  EXPECT_EQ(government, 10'456);
}

TEST(Batch, A4_EachStageHasItsTimeAndTheFacilityComesFirst) {
  auto batch = planned();
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kDelivery, "2025-09-20"))),
            "supply.not_from_this_state");
  batch = *reach(batch, actual(BatchStage::kOrder, "2025-09-05"));
  EXPECT_EQ(batch.state, BatchState::kOrdered);
  EXPECT_EQ(base::to_text(*batch.available_until), "2030-08-31") << "as long as the agreement";
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kDelivery, "2025-09-20"))),
            "supply.facility_not_ready");
  batch = *reach(batch, actual(BatchStage::kPower, "2025-09-10"));
  batch = *reach(batch, actual(BatchStage::kNetwork, "2025-09-21"));
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kDelivery, "2025-09-20"))), "supply.before_stage");
  batch = *reach(batch, actual(BatchStage::kDelivery, "2025-09-21"));
  batch = *reach(batch, actual(BatchStage::kAcceptance, "2025-09-25"));
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kUsers, "2025-10-01", 0, 100))),
            "supply.not_stable")
      << "a stabilisation ends before users come";
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kStabilisation, "2025-10-02"), "2025-10-01")),
            "supply.in_the_future");
}

TEST(Batch, A4_AnOrderNeedsAnAgreementInForce) {
  for (const auto state : {model::AgreementState::kDraft, model::AgreementState::kSigned}) {
    auto of = agreement();
    of.state = state;
    EXPECT_EQ(batch_refusal(
                  record_stage(planned(), actual(BatchStage::kOrder, "2025-09-05"), &of, day("2026-01-01"))),
              "supply.agreement_not_in_force");
  }
  EXPECT_EQ(batch_refusal(record_stage(planned(), actual(BatchStage::kOrder, "2025-09-05"), nullptr,
                                       day("2026-01-01"))),
            "supply.agreement_not_in_force");
}

TEST(Batch, A11_UsersAreLetOnInWavesPlannedAndActual) {
  auto batch = stable();
  batch = *reach(batch, {BatchStage::kUsers, 0, 100, day("2025-10-01"), {}, ""});
  batch = *reach(batch, {BatchStage::kUsers, 0, 282, day("2025-12-01"), {}, ""});
  EXPECT_EQ(gpus_in_service(batch, day("2026-01-01")), 0) << "planned is not in service";
  EXPECT_EQ(batch_refusal(reach(batch, {BatchStage::kUsers, 0, 1, day("2026-01-01"), {}, ""})),
            "supply.too_many_units");
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kUsers, "2025-10-13", 4))), "supply.no_such_wave");
  batch = *reach(batch, actual(BatchStage::kUsers, "2025-10-13", 1));
  EXPECT_EQ(batch.state, BatchState::kInService);
  EXPECT_EQ(gpus_in_service(batch, day("2025-10-12")), 0);
  EXPECT_EQ(gpus_in_service(batch, day("2025-10-13")), 800);
  EXPECT_EQ(gpus_for_users(batch, day("2025-10-13")), 602) << "own use in proportion: 198 of 800";
  batch = *reach(batch, actual(BatchStage::kUsers, "2025-12-08", 2));
  EXPECT_EQ(gpus_in_service(batch, day("2025-12-08")), 3056);
  EXPECT_EQ(gpus_for_users(batch, day("2025-12-08")), 2296);
  EXPECT_EQ(gpus_for_users(batch, day("2030-08-31")), 2296);
  EXPECT_EQ(gpus_for_users(batch, day("2030-09-01")), 0) << "the agreement is over";
  const auto& first = batch.stages[batch.stages.size() - 2];
  EXPECT_EQ(base::to_text(*first.planned_on), "2025-10-01");
  EXPECT_EQ(base::to_text(*first.actual_on), "2025-10-13") << "late, and both are kept";
}

TEST(Batch, A11_TheSameAgainChangesNothingAndAnotherDayIsRefused) {
  const auto batch = *reach(stable(), actual(BatchStage::kUsers, "2025-10-13", 1, 10));
  const auto again = reach(batch, actual(BatchStage::kUsers, "2025-10-13", 1));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->stages.size(), batch.stages.size());
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kUsers, "2025-10-14", 1))),
            "supply.stage_recorded");
  EXPECT_EQ(batch_refusal(reach(batch, {BatchStage::kOrder, 0, 0, day("2025-09-06"), {}, ""})),
            "supply.stage_recorded");
  EXPECT_EQ(batch_refusal(reach(batch, {BatchStage::kUsers, 0, 1, {}, {}, ""})), "supply.one_date");
  EXPECT_EQ(batch_refusal(reach(batch, {BatchStage::kUsers, 0, 1, day("2026-01-01"), day("2026-01-01"), ""})),
            "supply.one_date");
}

TEST(Batch, A4_TheEndIsTheAgreementsOrThePlannedRetirementWhicheverComesFirst) {
  auto batch = *reach(planned(), {BatchStage::kRetirement, 0, 0, day("2028-01-01"), {}, ""});
  EXPECT_EQ(base::to_text(*batch.available_until), "2027-12-31");
  batch = *reach(batch, actual(BatchStage::kOrder, "2025-09-05"));
  EXPECT_EQ(base::to_text(*batch.available_until), "2027-12-31") << "the order does not forget it";
  batch = *reach(batch, {BatchStage::kRetirement, 0, 0, day("2029-07-01"), {}, ""});
  EXPECT_EQ(base::to_text(*batch.available_until), "2029-06-30") << "postponed";
  batch = *reach(batch, {BatchStage::kRetirement, 0, 0, day("2031-01-01"), {}, ""});
  EXPECT_EQ(base::to_text(*batch.available_until), "2030-08-31") << "never beyond the agreement";
}

TEST(Batch, A3_A4_UsersAreLetOnUnderAnAgreementInForceOnly) {
  for (const auto state : {model::AgreementState::kTerminated, model::AgreementState::kExpired}) {
    auto of = agreement();
    of.state = state;
    EXPECT_EQ(batch_refusal(record_stage(stable(), actual(BatchStage::kUsers, "2025-10-13", 0, 382), &of,
                                         day("2026-01-01"))),
              "supply.agreement_not_in_force");
  }
}

TEST(Batch, A11_AWaveComesWithTheUnitsThatAreNamedThen) {
  auto batch = *reach(stable(), {BatchStage::kUsers, 0, 100, day("2025-10-01"), {}, ""});
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kUsers, "2025-10-13", 1, 383))),
            "supply.too_many_units");
  batch = *reach(batch, actual(BatchStage::kUsers, "2025-10-13", 1, 80));
  EXPECT_EQ(gpus_in_service(batch, day("2025-10-13")), 640);
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kUsers, "2025-10-13", 1, 100))),
            "supply.stage_recorded");
  EXPECT_TRUE(reach(batch, actual(BatchStage::kUsers, "2025-10-13", 1, 80)).ok());
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kOrder, "2025-09-05", 0, 5))),
            "supply.wrong_stage");
}

TEST(Batch, A7_LessIsPromisedEvenWhereTooMuchWas) {
  auto rules = s4_rules();
  rules.conditional_capacity = true;
  model::PlanBatch wish;
  wish.item = item("h200", 100);
  auto batch = *plan_batch(wish, nullptr, rules);
  const model::CallId call("c1"), other("c2");
  batch.promises = {{call, 90}, {other, 60}};
  ASSERT_TRUE(promise(batch, {call, 80}, rules).ok()) << "still too much, and less than before";
  EXPECT_EQ(promise(batch, {call, 81}, rules).failure().reason.code, "supply.promised_too_much");
  batch.state = BatchState::kDraining;
  ASSERT_TRUE(promise(batch, {call, 10}, rules).ok());
  ASSERT_TRUE(promise(batch, {other, 0}, rules).ok());
  ASSERT_EQ(batch.promises.size(), 1u);
  EXPECT_EQ(batch.promises[0].gpus, 10);
}

TEST(Batch, A4_ItDrainsTowardsAPlannedEnd) {
  auto batch = *reach(stable(), actual(BatchStage::kUsers, "2025-10-13", 0, 382));
  EXPECT_EQ(batch_refusal(reach(batch, actual(BatchStage::kDrain, "2026-01-01"))),
            "supply.retirement_not_planned");
  batch = *reach(batch, {BatchStage::kRetirement, 0, 0, day("2026-04-01"), {}, ""});
  batch = *reach(batch, actual(BatchStage::kDrain, "2026-01-01"));
  EXPECT_EQ(gpus_for_users(batch, day("2026-03-31")), 2296);
  EXPECT_EQ(gpus_for_users(batch, day("2026-04-01")), 0);
  batch = *reach(batch, actual(BatchStage::kRetirement, "2026-03-01"));
  EXPECT_EQ(batch.state, BatchState::kRetired);
  EXPECT_EQ(gpus_for_users(batch, day("2026-03-01")), 0);
}

TEST(Batch, A7_ConditionalMayBePlannedAndPromisedOnlyWhereThePackSaysSo) {
  model::PlanBatch wish;
  wish.item = item("h200", 1060);
  EXPECT_EQ(batch_refusal(plan_batch(wish, nullptr, s4_rules())), "supply.supplier_missing");
  auto rules = s4_rules();
  rules.conditional_capacity = true;
  auto batch = *plan_batch(wish, nullptr, rules);
  EXPECT_TRUE(batch.conditional);
  const model::CallId call("c1"), other("c2");
  EXPECT_EQ(promise(batch, {call, 1060}, s4_rules()).failure().reason.code, "supply.not_conditional");
  ASSERT_TRUE(promise(batch, {call, 1000}, rules).ok());
  EXPECT_EQ(promise(batch, {other, 61}, rules).failure().reason.code, "supply.promised_too_much");
  ASSERT_TRUE(promise(batch, {other, 60}, rules).ok());
  ASSERT_TRUE(promise(batch, {call, 1000}, rules).ok()) << "in place of what it promised before";
  EXPECT_EQ(batch.promises.size(), 2u);
  ASSERT_TRUE(promise(batch, {call, 0}, rules).ok());
  EXPECT_EQ(batch.promises.size(), 1u);
  EXPECT_EQ(gpus_for_users(batch, day("2026-06-01")), 0) << "promised is not in service";
  batch.state = BatchState::kDraining;
  EXPECT_EQ(promise(batch, {call, 1}, rules).failure().reason.code, "supply.no_more_promises");
}

TEST(Batch, A5_BatchesOfAnAgreementAreNoMoreThanItHas) {
  auto first = planned(), second = planned();
  first.id.text = "1";
  second.id.text = "2";
  EXPECT_TRUE(check_within_agreement(agreement(), {}, first).ok());
  EXPECT_EQ(check_within_agreement(agreement(), {first}, second).failure().reason.code,
            "supply.more_than_agreed");
  EXPECT_TRUE(check_within_agreement(agreement(), {first}, first).ok()) << "itself";
}

}  // namespace
}  // namespace dure::supply
