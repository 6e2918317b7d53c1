// Counts and reasons from the index against a look at every node (scan_fixture.h), on larger rooms than those
// of reason_property_test.cc, with sets of models and what comes and goes.
#include <gtest/gtest.h>

#include <set>

#include "placement/naive_fixture.h"
#include "placement/place.h"
#include "placement/scan_fixture.h"

namespace dure::placement {
namespace {

constexpr int kRooms = 2000, kRequestsOfRoom = 40;

// Up to sixteen nodes, some with two models, most of them well filled.
Rows larger_room(Dice& dice) {
  Rows rows;
  int replica = 0;
  for (std::int64_t n = dice.roll(1, 16); n > 0; --n) {
    rows.nodes.push_back(node("n" + std::to_string(n), dice.one_in(4) ? "dedicated" : "shared",
                              dice.roll(3, 6) * 8000, dice.roll(3, 6) * 8 * kGiB));
    const std::string first = dice.one_in(3) ? "a100-40gb" : "t4";
    if (dice.one_in(8)) rows.nodes.back().state = model::NodeState::kDraining;
    for (std::int64_t c = dice.roll(0, 8); c > 0; --c) {
      const bool other = dice.one_in(6);
      rows.cards.push_back(card(rows.nodes.back(), c, other ? "h100" : first, dice.roll(15, 16) * kGiB));
      if (dice.one_in(10)) rows.cards.back().health = model::CardHealth::kUnhealthy;
      if (!dice.one_in(4)) fill(dice, rows, model::Card(rows.cards.back()), replica);
    }
  }
  if (dice.one_in(4)) rows.pool_modes["shared"] = dice.one_in(2) ? CardMode::kBlocks : CardMode::kWhole;
  return rows;
}

Request larger_request(Dice& dice) {
  static const std::array<std::string, 5> kAskedModels{"t4", "a100-40gb", "h100", "t4|h100",
                                                       "t4|a100-40gb|h100"};
  Request request = random_request(dice);
  if (!request.model.empty()) request.model = kAskedModels[static_cast<std::size_t>(dice.roll(0, 4))];
  if (request.cards > 0) request.cards = dice.roll(1, 8);
  if (dice.one_in(4)) request.cpu_milli = dice.roll(0, 48) * 1000;
  if (dice.one_in(4)) request.memory = {dice.roll(0, 48) * kGiB};
  if (dice.one_in(4)) request.replicas = dice.roll(2, 12);
  return request;
}

struct ReasonTally {
  int not_now = 0;
  std::set<std::string> codes;
};

void expect_as_scanned(const Cluster& cluster, const Request& request, ReasonTally& tally) {
  const Answer answer = place(cluster, request);
  const auto* refusal = std::get_if<Refusal>(&answer);
  if (refusal == nullptr || refusal->kind != RefusalKind::kNotNow) return;
  ++tally.not_now;
  tally.codes.insert(refusal->reason.code);
  EXPECT_EQ(*refusal, scan::refuse_now(cluster, request));
}

// What runs changes between the questions: plans are carried out, and ended.
TEST(ReasonScan, EveryCountAndReasonIsWhatALookAtEveryNodeSays) {
  Dice dice(31);
  ReasonTally tally;
  for (int room = 0; room < kRooms && !testing::Test::HasFailure(); ++room) {
    SCOPED_TRACE("room " + std::to_string(room));
    Cluster cluster = Cluster::from_rows(larger_room(dice));
    std::vector<model::ReplicaId> running;
    for (const auto& [id, hold] : cluster.holds()) running.push_back(id);
    for (int i = 0; i < kRequestsOfRoom; ++i) {
      const Request request = larger_request(dice);
      expect_as_scanned(cluster, request, tally);
      const Answer answer = place(cluster, request);
      if (const Plan* plan = std::get_if<Plan>(&answer)) {
        std::vector<model::ReplicaId> ids;
        for (std::size_t r = 0; r < plan->replicas.size(); ++r)
          ids.emplace_back("later-" + std::to_string(i) + "-" + std::to_string(r));
        ASSERT_TRUE(cluster.commit(*plan, ids).ok());
        running.insert(running.end(), ids.begin(), ids.end());
      }
      if (running.empty() || !dice.one_in(3)) continue;
      const auto ends = static_cast<std::size_t>(dice.roll(0, static_cast<std::int64_t>(running.size()) - 1));
      cluster.release(running[ends]);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(ends));
    }
  }
  EXPECT_GT(tally.not_now, 20'000);
  EXPECT_EQ(tally.codes.size(), 9U);
}

TEST(ReasonScan, TheLeastOfCpuOrMemoryThatIsAskedForIsLookedAt) {
  Rows rows = room(1, 2);
  const model::Node& node = rows.nodes.front();
  rows.holds = {{model::ReplicaId("r1"), node.id, node.cpu_milli, node.memory, {}}};
  const Cluster cluster = Cluster::from_rows(rows);
  Request cpu = blocks_of("t4", 10);
  cpu.cpu_milli = 1;
  Request memory = blocks_of("t4", 10);
  memory.memory = {1};
  for (const Request& request : {cpu, memory}) {
    const Answer answer = place(cluster, request);
    const Refusal& refusal = std::get<Refusal>(answer);
    EXPECT_EQ(refusal, scan::refuse_now(cluster, request));
    EXPECT_EQ(refusal.counts.node_cpu + refusal.counts.node_memory, 2) << "each of the two cards has room";
  }
}

TEST(ReasonScan, NamesTwentyMachinesOutOfServiceAndCountsAll) {
  Rows rows = room(30, 1);
  for (model::Node& each : rows.nodes) each.state = model::NodeState::kLost;
  const Answer answer = place(Cluster::from_rows(rows), cards_of("t4", 1));
  const Refusal& refusal = std::get<Refusal>(answer);
  EXPECT_EQ(refusal.reason.code, "placement.node_unavailable");
  const auto names = std::get<std::string>(*refusal.reason.find("nodes"));
  EXPECT_TRUE(names.starts_with("n1, n10, n11, ")) << names;
  EXPECT_TRUE(names.ends_with("n27, …")) << names;
  EXPECT_EQ(std::count(names.begin(), names.end(), ','), 20) << names;
  EXPECT_EQ(std::get<std::int64_t>(*refusal.reason.find("node_count")), 30);
}

}  // namespace
}  // namespace dure::placement
