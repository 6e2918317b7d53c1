#include "placement/place.h"

#include <gtest/gtest.h>

#include "model/ranges.h"
#include "placement/cluster_fixture.h"

namespace dure::placement {
namespace {

const Plan& plan_of(const Answer& answer) {
  DURE_ASSERT(std::holds_alternative<Plan>(answer));
  return std::get<Plan>(answer);
}

const Refusal& refusal_of(const Answer& answer) {
  DURE_ASSERT(std::holds_alternative<Refusal>(answer));
  return std::get<Refusal>(answer);
}

std::int64_t number(const base::Reason& reason, const std::string& name) {
  const base::ReasonValue* value = reason.find(name);
  DURE_ASSERT(value != nullptr);
  return std::get<std::int64_t>(*value);
}

std::string text(const base::Reason& reason, const std::string& name) {
  const base::ReasonValue* value = reason.find(name);
  DURE_ASSERT(value != nullptr);
  return std::get<std::string>(*value);
}

void run(Cluster& cluster, const Request& request, const std::string& name) {
  const Plan plan = plan_of(place(cluster, request));
  std::vector<model::ReplicaId> ids;
  ids.reserve(plan.replicas.size());
  for (const PlannedReplica& replica : plan.replicas)
    ids.emplace_back(name + "/" + std::to_string(replica.number));
  const base::Status done = cluster.commit(plan, ids);
  DURE_ASSERT(done.ok());
}

TEST(Place, AMillionReplicasOfNothingAreNotEver) {
  Request request;
  request.replicas = 1'000'000'000;
  const auto refusal = possible(Cluster::from_rows(room(1, 1)), request);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal->reason.code, "placement.too_many_replicas");
  EXPECT_TRUE(std::holds_alternative<Refusal>(place(Cluster::from_rows(room(1, 1)), request)));
  request.replicas = model::kMostReplicas;
  EXPECT_FALSE(possible(Cluster::from_rows(room(1, 1)), request));
}

TEST(Place, P1_ABlockIsAHundredthOfComputeAndMemory) {
  const Cluster cluster = Cluster::from_rows(room(1, 1));
  const Plan plan = plan_of(place(cluster, blocks_of("t4", 1)));
  ASSERT_EQ(plan.replicas.size(), 1u);
  EXPECT_EQ(plan.replicas[0].shares[0].milli_gpu.value, 10);
  EXPECT_EQ(plan.replicas[0].shares[0].memory.value, 16 * kGiB / 100);
  EXPECT_EQ(plan.version, cluster.version());
}

// Part 4, line 4: 30 + 70 run on one card, one more waits with a reason.
TEST(Place, P1_ThirtyAndSeventyShareACard) {
  Cluster cluster = Cluster::from_rows(room(1, 1));
  run(cluster, blocks_of("t4", 30), "a");
  run(cluster, blocks_of("t4", 70), "b");
  const Refusal refusal = refusal_of(place(cluster, blocks_of("t4", 1)));
  EXPECT_EQ(refusal.kind, RefusalKind::kNotNow);
  EXPECT_EQ(refusal.reason.code, "placement.no_capacity");
  EXPECT_EQ(number(refusal.reason, "need_blocks"), 1);
  EXPECT_EQ(number(refusal.reason, "free_blocks"), 0);
  EXPECT_EQ(refusal.counts.busy, 1);
}

// Part 4, line 3: 100 blocks start, 101 are refused though 197 are free.
TEST(Place, P2_AHundredBlocksStartAndAHundredAndOneNever) {
  Rows rows = room(1, 2);
  rows.shares = {share(rows.cards[0], "r1", 3)};
  const Cluster cluster = Cluster::from_rows(rows);
  EXPECT_EQ(plan_of(place(cluster, blocks_of("t4", 100))).replicas[0].shares[0].card_id.text, "SIM-n1-1");
  const Refusal refusal = refusal_of(place(cluster, blocks_of("t4", 101)));
  EXPECT_EQ(refusal.kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal.reason.code, "placement.blocks_out_of_range");
  EXPECT_EQ(number(refusal.reason, "largest_blocks"), 100);
}

// Part 4, line 7: a T4 never lands on an A100, an unknown model is refused at once.
TEST(Place, P2_AModelIsAResourceOfItsOwn) {
  Rows rows = room(1, 1, "a100-40gb");
  rows.nodes.push_back(node("n2"));
  rows.cards.push_back(card(rows.nodes.back(), 0, "t4"));
  Cluster cluster = Cluster::from_rows(rows);
  run(cluster, blocks_of("t4", 100), "a");
  EXPECT_EQ(refusal_of(place(cluster, blocks_of("t4", 1))).kind, RefusalKind::kNotNow);
  const Refusal refusal = refusal_of(place(cluster, blocks_of("h900", 1)));
  EXPECT_EQ(refusal.kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal.reason.code, "placement.unknown_model");
  EXPECT_EQ(text(refusal.reason, "known"), "a100-40gb, t4");
}

TEST(Place, P1_AnyModelOfASetWillDoAndAReplicaHasOneOfThem) {
  Rows rows = room(1, 2);
  rows.cards.push_back(card(rows.nodes[0], 2, "a100-40gb"));
  rows.cards.push_back(card(rows.nodes[0], 3, "h200-141gb"));
  Cluster cluster = Cluster::from_rows(rows);
  run(cluster, blocks_of("a100-40gb|h200-141gb", 60), "a");
  run(cluster, blocks_of("a100-40gb|h200-141gb", 60), "b");
  const Refusal refusal = refusal_of(place(cluster, blocks_of("a100-40gb|h200-141gb", 60)));
  EXPECT_EQ(refusal.reason.code, "placement.fragmented");
  EXPECT_EQ(number(refusal.reason, "free_blocks"), 80);
  EXPECT_EQ(refusal.counts.busy, 2) << "the two T4 are not looked at";
  const Refusal mixed = refusal_of(place(cluster, cards_of("t4|a100-40gb", 3)));
  EXPECT_EQ(mixed.reason.code, "placement.too_many_cards") << "two T4 and an A100 are no three cards";
  EXPECT_EQ(number(mixed.reason, "largest_cards"), 2);
  EXPECT_EQ(refusal_of(place(cluster, blocks_of("h900|h901", 1))).reason.code, "placement.unknown_model");
  EXPECT_EQ(plan_of(place(cluster, blocks_of("h900|t4", 1))).replicas[0].shares[0].card_id.text, "SIM-n1-0");
}

// More cards than a slot of the board has, and two models that share their machine's CPU.
TEST(Place, AMachineWithManyCards) {
  Rows rows = room(1, 20);
  rows.cards.push_back(card(rows.nodes[0], 20, "a100-40gb"));
  Cluster cluster = Cluster::from_rows(rows);
  Request request = cards_of("t4", 1);
  request.cpu_milli = 2'500;
  for (int i = 0; i < 20; ++i) run(cluster, request, "r" + std::to_string(i));
  EXPECT_EQ(refusal_of(place(cluster, request)).reason.code, "placement.no_cards");
  request.model = "a100-40gb";
  request.cpu_milli = 6'001;
  EXPECT_EQ(refusal_of(place(cluster, request)).reason.code, "placement.no_cpu");
  request.cpu_milli = 6'000;
  EXPECT_EQ(plan_of(place(cluster, request)).replicas[0].shares[0].card_id.text, "SIM-n1-20");
}

// Where nothing is stranded by either: the first node, and there the tightest card.
TEST(Place, TheFirstNodeThenTheTightestCardThatFits) {
  Rows rows = room(2, 2);
  rows.shares = {share(rows.cards[3], "r1", 40), share(rows.cards[1], "r2", 70)};
  const Cluster cluster = Cluster::from_rows(rows);
  EXPECT_EQ(plan_of(place(cluster, blocks_of("t4", 30))).replicas[0].shares[0].card_id.text, "SIM-n1-1");
  EXPECT_EQ(plan_of(place(cluster, blocks_of("t4", 31))).replicas[0].shares[0].card_id.text, "SIM-n1-0");
  EXPECT_EQ(plan_of(place(cluster, blocks_of("t4", 100))).replicas[0].shares[0].card_id.text, "SIM-n1-0");
}

// Two cards on 20 CPUs, of which a part that takes 10 would leave one card's worth stranded.
TEST(Place, P25_WhatWouldStrandACardGoesWhereItStrandsNone) {
  Rows rows = room(2, 2);
  rows.holds = {{model::ReplicaId("r1"), rows.nodes[0].id, 36'000, {}, {}}};
  const Cluster cluster = Cluster::from_rows(rows);
  Request request = blocks_of("t4", 10);
  request.cpu_milli = 10'000;
  EXPECT_EQ(plan_of(place(cluster, request)).replicas[0].node_id.text, "node-n2");
  request.cpu_milli = 1'000;
  EXPECT_EQ(plan_of(place(cluster, request)).replicas[0].node_id.text, "node-n1");
}

// Part 4, line 13: "3 GPUs" without naming a server (P25).
TEST(Place, P25_WholeCardsComeFromOneNodeThatHasThemFree) {
  Rows rows = room(2, 4);
  rows.shares = {share(rows.cards[0], "r0", 1), share(rows.cards[1], "r2", 1), share(rows.cards[4], "r1", 1)};
  const Cluster cluster = Cluster::from_rows(rows);
  const Plan plan = plan_of(place(cluster, cards_of("t4", 3)));
  EXPECT_EQ(plan.replicas[0].node_id.text, "node-n2");
  ASSERT_EQ(plan.replicas[0].shares.size(), 3u);
  EXPECT_EQ(plan.replicas[0].shares[0].card_id.text, "SIM-n2-1");
  EXPECT_EQ(plan.replicas[0].shares[0].milli_gpu.value, 1000);
  EXPECT_EQ(plan.replicas[0].shares[0].memory.value, 16 * kGiB);
  const Refusal refusal = refusal_of(place(cluster, cards_of("t4", 5)));
  EXPECT_EQ(refusal.kind, RefusalKind::kNotEver);
  EXPECT_EQ(number(refusal.reason, "largest_cards"), 4);
}

TEST(Place, ReasonNamesFragmentation) {
  Rows rows = room(1, 2);
  rows.shares = {share(rows.cards[0], "r1", 60), share(rows.cards[1], "r2", 70)};
  const Refusal blocks = refusal_of(place(Cluster::from_rows(rows), blocks_of("t4", 50)));
  EXPECT_EQ(blocks.reason.code, "placement.fragmented");
  EXPECT_EQ(number(blocks.reason, "free_blocks"), 70);
  EXPECT_EQ(number(blocks.reason, "largest_blocks"), 40);

  Rows two = room(2, 2);
  two.shares = {share(two.cards[0], "r1", 1), share(two.cards[2], "r2", 1)};
  const Refusal cards = refusal_of(place(Cluster::from_rows(two), cards_of("t4", 2)));
  EXPECT_EQ(cards.reason.code, "placement.fragmented_cards");
  EXPECT_EQ(number(cards.reason, "free_cards"), 2);
  EXPECT_EQ(cards.counts.node_cards, 2);
}

TEST(Place, ReasonNamesTheNodesThatAreOut) {
  Rows rows = room(2, 1);
  rows.nodes[0].state = model::NodeState::kDrained;
  rows.cards[1].health = model::CardHealth::kUnhealthy;
  const Refusal refusal = refusal_of(place(Cluster::from_rows(rows), blocks_of("t4", 10)));
  EXPECT_EQ(refusal.kind, RefusalKind::kNotNow);
  EXPECT_EQ(refusal.reason.code, "placement.node_unavailable");
  EXPECT_EQ(text(refusal.reason, "nodes"), "n1, n2");
  EXPECT_EQ(refusal.counts.node_unavailable, 1);
  EXPECT_EQ(refusal.counts.unhealthy, 1);
}

TEST(Place, ReasonNamesCpuAndMemoryOfTheNode) {
  Rows rows = room(1, 1);
  rows.holds = {{model::ReplicaId("r1"), rows.nodes[0].id, 50'000, {120 * kGiB}, {}}};
  const Cluster cluster = Cluster::from_rows(rows);
  Request request = blocks_of("t4", 1);
  request.cpu_milli = 8'000;
  const Refusal cpu = refusal_of(place(cluster, request));
  EXPECT_EQ(cpu.reason.code, "placement.no_cpu");
  EXPECT_EQ(number(cpu.reason, "largest_cpu_milli"), 6'000);
  request.cpu_milli = 1'000;
  request.memory = {9 * kGiB};
  EXPECT_EQ(refusal_of(place(cluster, request)).reason.code, "placement.no_memory");
  request.memory = {200 * kGiB};
  const Refusal never = refusal_of(place(cluster, request));
  EXPECT_EQ(never.kind, RefusalKind::kNotEver);
  EXPECT_EQ(number(never.reason, "largest_bytes"), 128 * kGiB);
}

TEST(Place, WhatNoSingleNodeHasTogetherIsNotEver) {
  Rows rows;
  rows.nodes = {node("cpu", "shared", 100'000, 4 * kGiB), node("ram", "shared", 4'000, 400 * kGiB)};
  Request request;
  request.cpu_milli = 50'000;
  request.memory = {100 * kGiB};
  const Refusal refusal = refusal_of(place(Cluster::from_rows(rows), request));
  EXPECT_EQ(refusal.kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal.reason.code, "placement.too_much_together");
}

TEST(Place, P18_APoolGivesItsFormOnly) {
  Rows rows = room(1, 2);
  rows.pool_modes["shared"] = CardMode::kBlocks;
  const Refusal refusal = refusal_of(place(Cluster::from_rows(rows), cards_of("t4", 1)));
  EXPECT_EQ(refusal.kind, RefusalKind::kNotAllowed);
  EXPECT_EQ(refusal.reason.code, "placement.blocks_only");
  rows.pool_modes["shared"] = CardMode::kWhole;
  EXPECT_EQ(refusal_of(place(Cluster::from_rows(rows), blocks_of("t4", 1))).reason.code,
            "placement.whole_cards_only");
}

TEST(Place, AGangStartsWholeOrNotAtAll) {
  Rows rows = room(2, 2);
  rows.shares = {share(rows.cards[0], "r1", 50)};
  Cluster cluster = Cluster::from_rows(rows);
  Request request = blocks_of("t4", 60);
  request.replicas = 3;
  EXPECT_EQ(plan_of(place(cluster, request)).replicas.size(), 3u);
  request.replicas = 4;
  const Refusal now = refusal_of(place(cluster, request));
  EXPECT_EQ(now.reason.code, "placement.gang_incomplete");
  EXPECT_EQ(number(now.reason, "fit_replicas"), 3);
  request.replicas = 5;
  EXPECT_EQ(refusal_of(place(cluster, request)).kind, RefusalKind::kNotEver);
}

TEST(Place, P38_ReplicasApart) {
  const Cluster cluster = Cluster::from_rows(room(2, 2));
  Request request = blocks_of("t4", 10);
  request.apart = true;
  request.replicas = 2;
  const Plan plan = plan_of(place(cluster, request));
  EXPECT_NE(plan.replicas[0].node_id, plan.replicas[1].node_id);
  request.replicas = 3;
  const Refusal refusal = refusal_of(place(cluster, request));
  EXPECT_EQ(refusal.kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal.reason.code, "placement.too_many_apart");
  EXPECT_EQ(number(refusal.reason, "largest_replicas"), 2);
}

TEST(Place, P1_MemoryMayDifferFromCompute) {
  Cluster cluster = Cluster::from_rows(room(1, 1));
  Request request = blocks_of("t4", 10);
  request.card_memory = base::Bytes{12 * kGiB};
  run(cluster, request, "a");
  const Refusal refusal = refusal_of(place(cluster, request));
  EXPECT_EQ(refusal.reason.code, "placement.no_card_memory");
  EXPECT_TRUE(std::holds_alternative<Plan>(place(cluster, blocks_of("t4", 25))));
  EXPECT_EQ(refusal_of(place(cluster, blocks_of("t4", 26))).reason.code, "placement.no_capacity");
  request.card_memory = base::Bytes{17 * kGiB};
  EXPECT_EQ(refusal_of(place(cluster, request)).kind, RefusalKind::kNotEver);
}

TEST(Place, WithoutCardsMachinesWithoutCardsComeFirst) {
  Rows rows = room(1, 1);
  rows.nodes.push_back(node("z"));
  Request request;
  request.cpu_milli = 1'000;
  EXPECT_EQ(plan_of(place(Cluster::from_rows(rows), request)).replicas[0].node_id.text, "node-z");
}

TEST(Place, AContradictionIsRefused) {
  const Cluster cluster = Cluster::from_rows(room(1, 1));
  Request both = blocks_of("t4", 10);
  both.cards = 1;
  EXPECT_EQ(refusal_of(place(cluster, both)).reason.code, "placement.contradictory");
  both.blocks = 1;
  EXPECT_EQ(refusal_of(place(cluster, both)).reason.code, "placement.contradictory");
  EXPECT_EQ(refusal_of(place(cluster, blocks_of("", 10))).reason.code, "placement.contradictory");
  EXPECT_EQ(refusal_of(place(cluster, blocks_of("t4", 0))).reason.code, "placement.contradictory");
  EXPECT_EQ(refusal_of(place(cluster, blocks_of("t4", -1))).reason.code, "placement.blocks_out_of_range");
  Request memory = blocks_of("t4", 10);
  memory.card_memory = base::Bytes{0};
  EXPECT_TRUE(std::holds_alternative<Plan>(place(cluster, memory)));
  memory.card_memory = base::Bytes{-1};
  EXPECT_EQ(refusal_of(place(cluster, memory)).reason.code, "placement.contradictory");
  Request elsewhere = blocks_of("t4", 10);
  elsewhere.pool = "dedicated";
  EXPECT_EQ(refusal_of(place(cluster, elsewhere)).reason.code, "placement.unknown_pool");
}

TEST(Place, P3_ComputeOfAnInstanceIsItsPartOfTheCard) {
  EXPECT_EQ(milli_gpu_per_replica(blocks_of("a100-40gb-mig-3g.20gb", 50)).value, 214);
  EXPECT_EQ(milli_gpu_per_replica(cards_of("a100-40gb-mig-3g.20gb", 1)).value, 428);
  EXPECT_EQ(milli_gpu_per_replica(blocks_of("a100-40gb", 50)).value, 500);
  EXPECT_EQ(milli_gpu_per_replica(blocks_of("a100-40gb-mig-3g.20gb", 100)).value, 428);
  EXPECT_EQ(milli_gpu_per_replica(blocks_of("a100-40gb-mig-3g.20gb", 101)).value, 1010) << "of no instance";
}

TEST(Place, P3_MemoryOfAModelIsItsLargestCardsOrItsInstances) {
  Rows rows = room(1, 1);
  rows.cards.push_back(card(rows.nodes[0], 1, "t4", 24 * kGiB));
  const Cluster cluster = Cluster::from_rows(rows);
  EXPECT_EQ(largest_card_memory(cluster, "t4").value, 24 * kGiB);
  EXPECT_EQ(largest_card_memory(cluster, "a100-40gb-mig-3g.20gb").value, 20 * kGiB);
  EXPECT_EQ(largest_card_memory(cluster, "a100-40gb").value, 0);
}

TEST(Place, P1_WhoAsksForNoCardMemoryGetsComputeOnAFullCard) {
  Rows rows = room(1, 1);
  rows.shares.push_back(share(rows.cards[0], "r", 10));
  rows.shares.back().memory = {16 * kGiB - 1};
  const Cluster cluster = Cluster::from_rows(rows);
  Request request = blocks_of("t4", 50);
  EXPECT_TRUE(std::holds_alternative<Refusal>(place(cluster, request)));
  request.card_memory = base::Bytes{0};
  EXPECT_TRUE(std::holds_alternative<Plan>(place(cluster, request)));
}

}  // namespace
}  // namespace dure::placement
