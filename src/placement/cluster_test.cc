#include "placement/cluster.h"

#include <gtest/gtest.h>

#include "placement/cluster_fixture.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

Plan plan_for(const Cluster& cluster, const Request& request) {
  const Answer answer = place(cluster, request);
  DURE_ASSERT(std::holds_alternative<Plan>(answer));
  return std::get<Plan>(answer);
}

TEST(Cluster, MadeFromRowsItHasTheFirstVersion) {
  EXPECT_EQ(Cluster().version(), 0);
  EXPECT_EQ(Cluster::from_rows({}).version(), 1);
}

TEST(Cluster, CommitTakesAndReleaseGivesBack) {
  Cluster cluster = Cluster::from_rows(room(1, 2));
  const Cluster before = cluster;
  Request request = blocks_of("t4", 30);
  request.cpu_milli = 4'000;
  request.memory = {8 * kGiB};
  ASSERT_TRUE(cluster.commit(plan_for(cluster, request), {model::ReplicaId("r1")}).ok());
  EXPECT_EQ(cluster.version(), before.version() + 1);
  EXPECT_EQ(cluster.nodes()[0].free_cpu_milli, 52'000);
  EXPECT_EQ(cluster.nodes()[0].cards[0].free.value, 700);
  EXPECT_TRUE(cluster.release(model::ReplicaId("r1")));
  EXPECT_EQ(cluster.nodes(), before.nodes());
  EXPECT_FALSE(cluster.release(model::ReplicaId("r1"))) << "a second release changes nothing";
  EXPECT_EQ(cluster.version(), before.version() + 2);
}

TEST(Cluster, CommitTakesTheLastOfEverything) {
  Cluster cluster = Cluster::from_rows(room(1, 2));
  Request request = cards_of("t4", 2);
  request.cpu_milli = 56'000;
  request.memory = {128 * kGiB};
  ASSERT_TRUE(cluster.commit(plan_for(cluster, request), {model::ReplicaId("r1")}).ok());
  EXPECT_EQ(cluster.nodes()[0].free_cpu_milli, 0);
  EXPECT_EQ(cluster.nodes()[0].free_memory.value, 0);
  EXPECT_EQ(cluster.nodes()[0].cards[1].free.value, 0);
  EXPECT_EQ(cluster.nodes()[0].cards[1].free_memory.value, 0);
}

TEST(Cluster, ANodeThatIsOverdrawnTakesNoMoreOfThat) {
  Rows rows = room(1, 2);
  rows.holds.push_back({model::ReplicaId("more"), rows.nodes[0].id, 56'001, {128 * kGiB + 1}, {}});
  Cluster cluster = Cluster::from_rows(rows);
  Request request = blocks_of("t4", 10);
  EXPECT_TRUE(cluster.commit(plan_for(cluster, request), {model::ReplicaId("r1")}).ok());
  Plan plan = plan_for(cluster, request);
  plan.replicas[0].cpu_milli = 1;
  EXPECT_FALSE(cluster.commit(plan, {model::ReplicaId("r2")}).ok());
  plan.replicas[0].cpu_milli = 0;
  plan.replicas[0].memory = {1};
  EXPECT_FALSE(cluster.commit(plan, {model::ReplicaId("r2")}).ok());
  plan.replicas[0].memory = {0};
  EXPECT_TRUE(cluster.commit(plan, {model::ReplicaId("r2")}).ok());
}

TEST(Cluster, ACardIsOverdrawnInComputeOrInMemory) {
  const Cluster cluster = Cluster::from_rows(room(1, 1));
  const Plan whole = plan_for(cluster, cards_of("t4", 1));
  Plan compute = whole;
  compute.replicas[0].shares[0].milli_gpu = {1001};
  Plan memory = whole;
  memory.replicas[0].shares[0].memory = {16 * kGiB + 1};
  for (const Plan& plan : {compute, memory}) {
    Cluster other = cluster;
    EXPECT_FALSE(other.commit(plan, {model::ReplicaId("r")}).ok());
    EXPECT_EQ(other.nodes(), cluster.nodes());
  }
}

TEST(Cluster, APlanThatIsNoLongerTrueIsRefusedWhole) {
  Cluster cluster = Cluster::from_rows(room(2, 1));
  Request request = blocks_of("t4", 60);
  request.replicas = 2;
  const Plan first = plan_for(cluster, request);
  const Plan second = plan_for(cluster, blocks_of("t4", 50));
  // Turned round, so that the replica that still fits comes first and must be taken back.
  Plan stale = first;
  std::swap(stale.replicas[0], stale.replicas[1]);
  ASSERT_TRUE(cluster.commit(second, {model::ReplicaId("b")}).ok());
  const Cluster before = cluster;
  const base::Status status = cluster.commit(stale, {model::ReplicaId("a0"), model::ReplicaId("a1")});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.failure().kind, base::ErrorKind::kConflict);
  EXPECT_EQ(status.failure().reason.code, "placement.changed");
  EXPECT_EQ(cluster.nodes(), before.nodes());
  EXPECT_EQ(cluster.holds(), before.holds());
  EXPECT_EQ(cluster.version(), before.version());
}

TEST(Cluster, APlanOfAnOlderVersionThatIsStillTrueIsTaken) {
  Cluster cluster = Cluster::from_rows(room(1, 2));
  const Plan plan = plan_for(cluster, blocks_of("t4", 50));
  ASSERT_TRUE(cluster.commit(plan, {model::ReplicaId("a")}).ok());
  EXPECT_TRUE(cluster.commit(plan, {model::ReplicaId("b")}).ok());
  EXPECT_FALSE(cluster.commit(plan, {model::ReplicaId("c")}).ok());
}

TEST(Cluster, APlanThatTakesACardTwiceIsRefused) {
  Cluster cluster = Cluster::from_rows(room(1, 1));
  Plan plan = plan_for(cluster, blocks_of("t4", 60));
  plan.replicas[0].shares.push_back(plan.replicas[0].shares[0]);
  EXPECT_FALSE(cluster.commit(plan, {model::ReplicaId("a")}).ok());
  EXPECT_EQ(cluster.nodes()[0].cards[0].free.value, 1000);
}

TEST(Cluster, ANodeOutOfServiceTakesNothingNew) {
  Rows rows = room(1, 1);
  Cluster cluster = Cluster::from_rows(rows);
  const Plan plan = plan_for(cluster, blocks_of("t4", 10));
  rows.nodes[0].state = model::NodeState::kLost;
  cluster.set_node(rows.nodes[0]);
  EXPECT_FALSE(cluster.commit(plan, {model::ReplicaId("a")}).ok());
  rows.nodes[0].state = model::NodeState::kReady;
  cluster.set_node(rows.nodes[0]);
  rows.cards[0].health = model::CardHealth::kMissing;
  cluster.set_card(rows.cards[0]);
  EXPECT_FALSE(cluster.commit(plan, {model::ReplicaId("a")}).ok());
}

TEST(Cluster, AReportThatChangesNothingIsNoNewVersion) {
  Rows rows = room(1, 1);
  rows.shares = {share(rows.cards[0], "r1", 30)};
  Cluster cluster = Cluster::from_rows(rows);
  const std::int64_t version = cluster.version();
  cluster.set_node(rows.nodes[0]);
  cluster.set_card(rows.cards[0]);
  EXPECT_EQ(cluster.version(), version);
  EXPECT_EQ(cluster.nodes()[0].cards[0].free.value, 700) << "holds stay";
}

TEST(Cluster, RowsThatContradictThemselvesAreNamed) {
  Rows rows = room(1, 1);
  rows.shares = {share(rows.cards[0], "r1", 80), share(rows.cards[0], "r2", 30)};
  model::Card gone = rows.cards[0];
  gone.id = model::CardId("GPU-gone");
  rows.shares.push_back(share(gone, "r3", 10));
  Cluster cluster = Cluster::from_rows(rows);
  ASSERT_EQ(cluster.faults().size(), 2u);
  const std::int64_t size = rows.cards[0].memory.value;
  const std::int64_t over = memory_of_blocks({size}, 80).value + memory_of_blocks({size}, 30).value - size;
  EXPECT_EQ(cluster.faults()[0], base::Reason("placement.card_oversubscribed")
                                     .with("node", "n1")
                                     .with("card", "SIM-n1-0")
                                     .with("over_milli_gpu", 100)
                                     .with("over_bytes", over));
  EXPECT_EQ(cluster.faults()[1],
            base::Reason("placement.unknown_card").with("card", "GPU-gone").with("replica", "r3"));
  EXPECT_TRUE(std::holds_alternative<Refusal>(place(cluster, blocks_of("t4", 1))));
  cluster.release(model::ReplicaId("r2"));
  EXPECT_TRUE(std::holds_alternative<Plan>(place(cluster, blocks_of("t4", 20))));
}

TEST(Cluster, OfACardWithTooMuchMemoryGivenOutOnlyTheMemoryIsOver) {
  Rows rows = room(1, 1);
  rows.shares = {share(rows.cards[0], "r1", 80)};
  rows.shares[0].memory = base::Bytes{rows.cards[0].memory.value + 5};
  EXPECT_EQ(Cluster::from_rows(rows).faults(),
            std::vector<base::Reason>{base::Reason("placement.card_oversubscribed")
                                          .with("node", "n1")
                                          .with("card", "SIM-n1-0")
                                          .with("over_milli_gpu", 0)
                                          .with("over_bytes", 5)});
}

TEST(Cluster, ACardThatWasMovedIsOnItsNewMachineOnly) {
  Rows rows = room(2, 1);
  Cluster cluster = Cluster::from_rows(rows);
  rows.cards[0].node_id = rows.nodes[1].id;
  cluster.set_card(rows.cards[0]);
  EXPECT_EQ(cluster.nodes()[0].cards.size(), 0u);
  EXPECT_EQ(cluster.nodes()[1].cards.size(), 2u);
}

TEST(Cluster, P1_ACardThatWasMovedStillCarriesWhatIsHeldOnIt) {
  Rows rows = room(2, 1);
  rows.shares = {share(rows.cards[0], "r1", 80)};  // held on the machine where it was
  rows.cards[0].node_id = rows.nodes[1].id;
  Cluster cluster = Cluster::from_rows(rows);
  EXPECT_EQ(cluster.nodes()[1].cards[0].free.value, 200);
  EXPECT_EQ(cluster.nodes()[1].cards[0].holders, 1);
  Rows later = room(2, 1);
  later.shares = {share(later.cards[0], "r1", 80)};
  Cluster moved = Cluster::from_rows(later);
  moved.set_card(rows.cards[0]);
  EXPECT_EQ(moved.nodes(), cluster.nodes());
  EXPECT_TRUE(moved.release(model::ReplicaId("r1")));
  EXPECT_EQ(moved.nodes()[1].cards[0].free.value, 1000);
}

TEST(Cluster, ANewNodeTakesItsPlaceInTheOrder) {
  Cluster cluster = Cluster::from_rows(room(2, 1));
  const std::int64_t version = cluster.version();
  cluster.set_node(node("a"));
  EXPECT_EQ(cluster.nodes()[0].name, "a");
  EXPECT_EQ(cluster.find(model::NodeId("node-n2"))->name, "n2");
  EXPECT_EQ(cluster.version(), version + 1);
}

TEST(Cluster, TheDomainsOfItsBoardAreLeavesIslandsAndNodes) {
  Rows rows = room(4, 1);
  rows.cards.push_back(card(rows.nodes[1], 1, "h100"));  // a second slot
  rows.nodes[0].fabric_leaf = "b";
  for (const std::size_t node : {1U, 2U, 3U}) rows.nodes[node].fabric_leaf = "a";
  for (const std::size_t node : {1U, 2U}) rows.nodes[node].nvlink_island = "i";
  const Cluster cluster = Cluster::from_rows(rows);  // n4, n2, n3, n1
  const Topology& topology = cluster.index().topology();
  using Domains = std::vector<Domain>;
  ASSERT_EQ(topology.levels(), 3U);
  EXPECT_EQ(topology.domains(0), (Domains{{0, 4}, {4, 5}}));
  EXPECT_EQ(topology.domains(1), (Domains{{1, 4}}));
  EXPECT_EQ(topology.domains(2), (Domains{{0, 1}, {1, 3}, {3, 4}, {4, 5}}));
}

TEST(Cluster, OfMoreModelsThanABoardTellsApartTheLastAreNotGivenOut) {
  Rows rows;
  for (std::int64_t i = 0; i < kMostModels + 2; ++i) {
    rows.nodes.push_back(node("n" + std::to_string(100 + i)));
    rows.cards.push_back(card(rows.nodes.back(), 0, "m" + std::to_string(i)));
  }
  const Cluster cluster = Cluster::from_rows(rows);
  for (std::int64_t i = 0; i < kMostModels + 2; ++i) {
    const Answer answer = place(cluster, blocks_of("m" + std::to_string(i), 10));
    EXPECT_EQ(std::holds_alternative<Plan>(answer), i < kMostModels - 1) << "model " << i;
  }
}

TEST(Cluster, ReleasedSharesAreLeftOut) {
  Rows rows = room(1, 1);
  rows.shares = {share(rows.cards[0], "r1", 80)};
  rows.shares[0].released_at = base::Instant{1};
  EXPECT_EQ(Cluster::from_rows(rows).nodes()[0].cards[0].free.value, 1000);
}

TEST(Cluster, ANewModeOfAPoolIsANewVersionAndTheSameModeIsNone) {
  Cluster cluster = Cluster::from_rows(room(2, 1));
  const std::int64_t version = cluster.version();
  cluster.set_pool_mode("shared", CardMode::kMixed);
  EXPECT_EQ(cluster.version(), version);
  cluster.set_pool_mode("shared", CardMode::kWhole);
  EXPECT_EQ(cluster.version(), version + 1);
  for (const NodeRoom& node : cluster.nodes()) EXPECT_EQ(node.mode, CardMode::kWhole);
}

}  // namespace
}  // namespace dure::placement
