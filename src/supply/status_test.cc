#include "supply/status.h"

#include <gtest/gtest.h>

#include "supply/supply_fixture.h"

namespace dure::supply {
namespace {

model::SupplyTarget target(const std::string& on, std::int64_t gpus, const std::string& model = "") {
  model::SupplyTarget made;
  made.id.text = on + model;
  made.year = 2025;
  made.gpus = gpus;
  made.model = model;
  made.decided_by = "경제관계장관회의";
  made.decided_on = day(on);
  return made;
}

TEST(SupplyStatus, A10_TheLatestDecisionOnAYearHolds) {
  const std::vector<model::SupplyTarget> all{target("2025-05-14", 10'000), target("2025-09-01", 13'000),
                                             target("2025-06-01", 4'000, "h200")};
  EXPECT_EQ(target_in_force(all, 2025, "")->gpus, 13'000);
  EXPECT_EQ(target_in_force(all, 2025, "h200")->gpus, 4'000);
  EXPECT_EQ(target_in_force(all, 2026, ""), nullptr);
}

TEST(SupplyStatus, A10_TheTargetBesideWhatWasAgreedOrderedDeliveredAndServes) {
  SupplyFacts facts;
  facts.targets = {target("2025-05-14", 10'000)};
  model::SupplyAgreement agreement;
  agreement.state = model::AgreementState::kInForce;
  agreement.items = {item("h200", 382, 8), item("b200", 957, 8)};
  auto over = agreement;
  over.state = model::AgreementState::kTerminated;
  facts.agreements = {agreement, over};
  auto serving = batch_in_service("1", "h200", 3056, "2025-10-13", 760);
  serving.node_ids = {"n1", "n2"};
  serving.promises = {{model::CallId("c"), 2000}};
  auto ordered = batch_in_service("2", "b200", 7656, "2025-12-01");
  ordered.state = model::BatchState::kOrdered;
  ordered.stages.clear();
  facts.batches = {serving, ordered};
  facts.cards_by_node = {{"n1", 8}, {"n2", 8}, {"n3", 8}};
  model::BeneficiaryReservation national;
  national.gpus = 300;
  national.model = "h200";
  national.starts_on = day("2025-11-01");
  national.ends_on = day("2026-10-31");
  facts.reservations = {national};
  model::Allocation allocation;
  allocation.limit.model = "h200";
  allocation.limit.blocks = 12'800;
  allocation.starts_on = day("2025-11-01");
  allocation.ends_on = day("2026-04-30");
  facts.allocations = {allocation};

  const auto status = supply_status(facts, s4_rules(), 2025, day("2025-11-15"));
  EXPECT_EQ(status.target->decided_by, "경제관계장관회의");
  ASSERT_EQ(status.models.size(), 2u);
  EXPECT_EQ(status.models[0].model, "b200");
  EXPECT_EQ(status.models[0].agreed, 7656);
  EXPECT_EQ(status.models[0].ordered, 7656);
  EXPECT_EQ(status.models[0].delivered, 0);
  const auto& h200 = status.models[1];
  EXPECT_EQ(h200.agreed, 3056);
  EXPECT_EQ(h200.accepted, 3056);
  EXPECT_EQ(h200.in_service, 3056);
  EXPECT_EQ(h200.own_use, 760);
  EXPECT_EQ(h200.for_users, 2296);
  EXPECT_EQ(h200.promised, 2000);
  EXPECT_EQ(h200.reserved, 300);
  EXPECT_EQ(h200.allocated_blocks, 12'800);
  EXPECT_EQ(h200.seen, 16) << "what the cluster shows of the nodes that carry it";
  EXPECT_EQ(status.total.target, 10'000);
  EXPECT_EQ(status.total.agreed, 10'712);
  EXPECT_EQ(status.total.in_service, 3056);
  ASSERT_EQ(status.batches.size(), 2u);
  EXPECT_EQ(status.batches[1].state, model::BatchState::kOrdered);

  const auto before = supply_status(facts, s4_rules(), 2025, day("2025-10-12"));
  EXPECT_EQ(before.total.in_service, 0) << "the day before the first users";
  EXPECT_EQ(before.total.reserved, 0);
}

TEST(SupplyStatus, A10_WithoutADecisionTheTargetIsTheModelsSumOrThePacks) {
  SupplyFacts facts;
  EXPECT_EQ(supply_status(facts, s4_rules(), 2025, day("2025-06-01")).total.target, 10'000);
  auto dated = s4_rules();
  dated.target_by = day("2025-12-31");
  EXPECT_EQ(supply_status(facts, dated, 2025, day("2025-06-01")).total.target, 10'000);
  EXPECT_EQ(supply_status(facts, dated, 2026, day("2026-06-01")).total.target, 0) << "of another year";
  facts.targets = {target("2025-05-14", 3'000, "h200"), target("2025-05-14", 6'000, "b200")};
  EXPECT_EQ(supply_status(facts, s4_rules(), 2025, day("2025-06-01")).total.target, 9'000);
}

}  // namespace
}  // namespace dure::supply
