// Instances that Dure makes on cards in MIG mode: what fits, where it goes, what is said where it does not.
#include "placement/partition.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "placement/inventory.h"
#include "placement/partition_fixture.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

Rows mig_room(std::int64_t nodes, std::int64_t cards) {
  Rows rows;
  for (std::int64_t n = 1; n <= nodes; ++n) {
    rows.nodes.push_back(node("n" + std::to_string(n)));
    for (std::int64_t c = 0; c < cards; ++c) rows.cards.push_back(mig_card(rows.nodes.back(), c, kA100));
  }
  return rows;
}

// Starts it; the share that it got.
PlannedShare start(Cluster& cluster, const Request& request, const std::string& id) {
  const Answer answer = place(cluster, request);
  const Plan* plan = std::get_if<Plan>(&answer);
  if (plan == nullptr) {
    ADD_FAILURE() << id << ": " << std::get<Refusal>(answer).reason.code;
    return {};
  }
  EXPECT_TRUE(cluster.commit(*plan, {model::ReplicaId(id)}).ok());
  return plan->replicas.front().shares.front();
}

Refusal refusal(const Cluster& cluster, const Request& request) {
  const Answer answer = place(cluster, request);
  if (const auto* refused = std::get_if<Refusal>(&answer)) return *refused;
  ADD_FAILURE() << "it fits";
  return {};
}

std::string text_of(const base::Reason& reason, const std::string& name) {
  const auto* value = reason.find(name);
  if (value == nullptr) return "";
  if (const auto* number = std::get_if<std::int64_t>(value)) return std::to_string(*number);
  return std::get<std::string>(*value);
}

TEST(Partition, P3_AnInstanceIsMadeForWhoAsksForOne) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 2));
  const PlannedShare share = start(cluster, instance_of(kA100, "3g.20gb"), "a");
  EXPECT_EQ(share.mig_profile, "3g.20gb");
  EXPECT_EQ(share.mig_start, 4) << "the low end stays free for 4g";
  EXPECT_EQ(share.mig_milli_gpu.value, 1000);
  EXPECT_EQ(share.milli_gpu.value, 428) << "three of seven compute slices";
  EXPECT_EQ(share.memory.value, 20 * kGiB);
  EXPECT_EQ(start(cluster, instance_of(kA100, "4g.20gb"), "b").card_id, share.card_id)
      << "the card that is split anyway";
  EXPECT_NE(start(cluster, instance_of(kA100, "7g.40gb"), "c").card_id, share.card_id);
  EXPECT_TRUE(cluster.faults().empty());
}

TEST(Partition, P3_BlocksShareAnInstanceUntilItIsEmpty) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  const PlannedShare first = start(cluster, instance_of(kA100, "3g.20gb", 30), "a");
  EXPECT_EQ(first.mig_milli_gpu.value, 300);
  EXPECT_EQ(first.milli_gpu.value, 128);
  EXPECT_EQ(first.memory.value, 6 * kGiB);
  EXPECT_EQ(start(cluster, instance_of(kA100, "3g.20gb", 70), "b").mig_start, first.mig_start);
  EXPECT_EQ(start(cluster, instance_of(kA100, "4g.20gb", 10), "c").mig_start, 0);
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "3g.20gb", 1)).kind, RefusalKind::kNotNow);
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "3g.20gb")).kind, RefusalKind::kNotNow);
  cluster.release(model::ReplicaId("a"));
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "1g.5gb")).kind, RefusalKind::kNotNow) << "b is still there";
  cluster.release(model::ReplicaId("b"));
  start(cluster, instance_of(kA100, "1g.5gb"), "d");
}

TEST(Partition, P3_FixedInstancesAreTakenFirst) {
  Rows rows = mig_room(1, 1);
  rows.cards.push_back(card(rows.nodes.front(), 1, "a100-40gb-mig-3g.20gb", 20 * kGiB));
  Cluster cluster = Cluster::from_rows(rows);
  const PlannedShare fixed = start(cluster, instance_of(kA100, "3g.20gb", 60), "a");
  EXPECT_EQ(fixed.mig_start, -1);
  EXPECT_EQ(fixed.card_id, rows.cards.back().id);
  const PlannedShare made = start(cluster, instance_of(kA100, "3g.20gb", 60), "b");
  EXPECT_EQ(made.mig_start, 4);
  EXPECT_EQ(made.card_id, rows.cards.front().id);
}

TEST(Partition, P2_ACardInMigModeIsGivenOutInInstancesAlone) {
  const Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  const Refusal whole = refusal(cluster, cards_of(kA100, 1));
  EXPECT_EQ(whole.kind, RefusalKind::kNotEver);
  EXPECT_EQ(whole.reason.code, "placement.unknown_model");
  EXPECT_NE(text_of(whole.reason, "known").find("a100-40gb-mig-3g.20gb"), std::string::npos)
      << "what can be asked for instead";
  EXPECT_EQ(refusal(cluster, blocks_of(kA100, 10)).kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "5g.25gb")).kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal(cluster, instance_of("a30", "1g.6gb")).kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal(cluster, cards_of("a100-40gb-mig-3g.20gb", 2)).reason.code, "placement.too_many_cards");
}

TEST(Partition, P5_ARefusalSaysWhichProfilesFitNow) {
  Rows rows = mig_room(1, 3);
  rows.cards[2].health = model::CardHealth::kUnhealthy;
  Cluster cluster = Cluster::from_rows(rows);
  start(cluster, instance_of(kA100, "7g.40gb"), "a");
  start(cluster, instance_of(kA100, "4g.20gb"), "b");
  start(cluster, instance_of(kA100, "2g.10gb"), "c");
  const Refusal refused = refusal(cluster, instance_of(kA100, "4g.20gb", 50));
  EXPECT_EQ(refused.kind, RefusalKind::kNotNow);
  EXPECT_EQ(refused.reason.code, "placement.node_unavailable") << "the third would do if it were healthy";
  EXPECT_EQ(refused.counts, (Counts{.looked_at = 3, .unhealthy = 1, .busy = 2}));
  Request four = instance_of(kA100, "3g.20gb");
  four.replicas = 4;
  const Refusal gang = refusal(cluster, four);
  EXPECT_EQ(gang.reason.code, "placement.no_instance");
  EXPECT_EQ(text_of(gang.reason, "profiles_that_fit"), "1g.5gb, 1g.5gb+me, 1g.10gb");
  EXPECT_EQ(text_of(gang.reason, "cards"), "3");
  EXPECT_EQ(text_of(gang.reason, "full_cards"), "2");
  EXPECT_EQ(text_of(gang.reason, "cards_out_of_service"), "1");
}

TEST(Partition, TheNodesCpuIsCountedToo) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  Request request = instance_of(kA100, "1g.5gb");
  request.cpu_milli = 30'000;
  start(cluster, request, "a");
  EXPECT_EQ(refusal(cluster, request).reason.code, "placement.no_cpu");
  request.cpu_milli = 60'000;
  EXPECT_EQ(refusal(cluster, request).reason.code, "placement.too_much_cpu");
}

TEST(Partition, BlocksThatFitAnInstanceThatIsThereAreNotCountedAsBusy) {
  Rows rows = mig_room(1, 1);
  rows.nodes[0].cpu_milli = 4'000;
  Cluster cluster = Cluster::from_rows(rows);
  start(cluster, instance_of(kA100, "4g.20gb"), "a");
  Request half = instance_of(kA100, "3g.20gb", 50);
  half.cpu_milli = 4'000;
  start(cluster, half, "b");
  Request more = instance_of(kA100, "3g.20gb", 60);
  EXPECT_EQ(text_of(refusal(cluster, more).reason, "largest_blocks"), "50");
  half.cpu_milli = 1;
  const Counts counts = refusal(cluster, half).counts;
  EXPECT_EQ(counts.node_cpu, 1) << "the other half of the instance is free";
  EXPECT_EQ(counts.busy, 0);
}

TEST(Partition, AShareStandsOnTheSlicesOfItsInstance) {
  const Cluster cluster = Cluster::from_rows(mig_room(1, 2));
  const NodeRoom& node = cluster.nodes()[0];
  const auto spot = [&](const std::string& profile, std::int64_t start) {
    return cluster.spot_of(
        node.id, {{node.cards[1].id, base::MilliGpu{428}, {}, profile, start, base::MilliGpu{1000}}});
  };
  const auto there = spot("3g.20gb", 4);
  ASSERT_TRUE(there);
  EXPECT_EQ(there->slot, 1U);
  EXPECT_EQ(there->cards, slices_of(mig_number(*parse_mig_model("a100-40gb-mig-3g.20gb")), 4));
  EXPECT_FALSE(spot("3g.20gb", 1)) << "none may begin there";
  EXPECT_FALSE(spot("3g.20gb", -1)) << "a share of the whole card";
  EXPECT_FALSE(spot("9g.99gb", 0));
}

TEST(Partition, AnInstanceIsOnNoCardThatIsNotInMigMode) {
  Rows rows = mig_room(1, 1);
  Cluster cluster = Cluster::from_rows(rows);
  const Answer answer = place(cluster, instance_of(kA100, "7g.40gb"));
  const Plan& plan = std::get<Plan>(answer);
  ASSERT_EQ(plan.replicas[0].shares[0].mig_start, 0);
  EXPECT_TRUE(cluster.spot_of(plan.replicas[0].node_id, plan.replicas[0].shares));
  rows.cards[0].mig = false;
  cluster.set_card(rows.cards[0]);
  EXPECT_FALSE(cluster.spot_of(plan.replicas[0].node_id, plan.replicas[0].shares));
  const auto late = cluster.commit(plan, {model::ReplicaId("a")});
  ASSERT_FALSE(late.ok()) << "it was planned before the card left MIG mode";
  EXPECT_EQ(late.failure().reason.code, "placement.changed");
  EXPECT_EQ(cluster.nodes()[0].cards[0].holders, 0);
}

TEST(Partition, AShareOfAProfileThatTheCardHasNotIsOfNone) {
  const Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  Hold hold;
  hold.node_id = cluster.nodes()[0].id;
  hold.shares = {
      {cluster.nodes()[0].cards[0].id, base::MilliGpu{100}, {}, "9g.99gb", 0, base::MilliGpu{500}}};
  EXPECT_EQ(cluster.shape_of(hold).mig, 0);
  hold.shares[0].mig_profile = "3g.20gb";
  EXPECT_EQ(cluster.shape_of(hold).mig, mig_number(*parse_mig_model("a100-40gb-mig-3g.20gb")));
}

TEST(Partition, RowsThatCannotBeAreNamedAndTheirCardTakesNothing) {
  Rows rows = mig_room(1, 1);
  for (const auto& [id, profile] : {std::pair{"a", "3g.20gb"}, {"b", "2g.10gb"}}) {
    rows.shares.push_back(share(rows.cards.front(), id, 10));
    rows.shares.back().mig_profile = profile;
    rows.shares.back().mig_start = 0;
    rows.shares.back().mig_milli_gpu = {100};
  }
  const Cluster cluster = Cluster::from_rows(rows);
  ASSERT_EQ(cluster.faults().size(), 1u);
  EXPECT_EQ(cluster.faults().front().code, "placement.instances_overlap");
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "1g.5gb")).kind, RefusalKind::kNotNow);
}

TEST(Partition, ACommitChecksTheSlicesAgain) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  const Answer one = place(cluster, instance_of(kA100, "3g.20gb"));
  const Answer other = place(cluster, instance_of(kA100, "1g.10gb"));
  ASSERT_TRUE(cluster.commit(std::get<Plan>(one), {model::ReplicaId("a")}).ok());
  const auto late = cluster.commit(std::get<Plan>(other), {model::ReplicaId("b")});
  ASSERT_FALSE(late.ok()) << "both had planned the same end of the card";
  EXPECT_EQ(late.failure().reason.code, "placement.changed");
  EXPECT_TRUE(cluster.faults().empty());
}

const InventoryRow* row(const std::vector<InventoryRow>& rows, const std::string& resource) {
  const auto found = std::ranges::find(rows, resource, &InventoryRow::resource);
  return found == rows.end() ? nullptr : &*found;
}

TEST(Partition, P2_TheTableSaysHowManyOfEachProfileFitNow) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 2));
  start(cluster, instance_of(kA100, "3g.20gb"), "a");
  start(cluster, instance_of(kA100, "2g.10gb", 40), "b");
  const Inventory table = inventory(cluster);
  const auto expect = [&](const char* profile, std::int64_t total, std::int64_t available) {
    const InventoryRow* found = row(table.resources, std::string("a100-40gb-mig-") + profile);
    ASSERT_NE(found, nullptr) << profile;
    EXPECT_EQ(found->total, total) << profile;
    EXPECT_EQ(found->available, available) << profile;
    EXPECT_EQ(found->used, total - available) << profile;
    EXPECT_EQ(found->request_max, available > 0 ? 1 : 0) << profile;
  };
  expect("1g.5gb", 14, 9);
  expect("2g.10gb", 6, 4);
  expect("3g.20gb", 4, 2);
  expect("7g.40gb", 2, 1);
  EXPECT_EQ(row(table.resources, kA100), nullptr) << "no whole card can be had";
  const InventoryRow* blocks = row(table.block_types, "a100-40gb-mig-2g.10gb-block");
  ASSERT_NE(blocks, nullptr);
  EXPECT_EQ(blocks->available, 460) << "four more, and 60 of the one that is there";
}

TEST(Partition, P2_BlocksOfInstancesAreThoseOfNodesThatGiveBlocks) {
  Rows rows = mig_room(3, 1);
  rows.nodes[0].pool = "dedicated";
  Cluster cluster = Cluster::from_rows(rows);
  cluster.set_pool_mode("dedicated", CardMode::kWhole);
  start(cluster, instance_of(kA100, "7g.40gb", 40), "a");
  Inventory table = inventory(cluster);
  const InventoryRow* blocks = row(table.block_types, "a100-40gb-mig-7g.40gb-block");
  ASSERT_NE(blocks, nullptr);
  EXPECT_EQ(blocks->total, 200) << "of the second node and the third";
  EXPECT_EQ(blocks->available, 160);
  EXPECT_EQ(blocks->request_max, 100) << "on whichever card has most";
  start(cluster, instance_of(kA100, "7g.40gb", 70), "b");
  table = inventory(cluster);
  blocks = row(table.block_types, "a100-40gb-mig-7g.40gb-block");
  EXPECT_EQ(blocks->available, 90);
  EXPECT_EQ(blocks->request_max, 60);
}

}  // namespace
}  // namespace dure::placement
