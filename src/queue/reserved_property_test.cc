// Decisions over reserved nodes, of centres drawn at random: what holds of each of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "placement/naive_fixture.h"
#include "queue/queue_fixture.h"
#include "queue/reserved.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::Cluster;
using placement::Dice;
using placement::room;
using placement::Rows;

const std::vector<std::string> kNames{"a", "b", "c"};

// Nodes of two cards, whole or in halves; each of three has a project, an allocation and perhaps a
// reservation.
struct DrawnReserved {
  Rows rows = room(3, 2);
  std::vector<Running> running;
  std::vector<Entry> entries;
  Limits limits = limits_for(kNames);
  Rules rules;
};

std::string name(Dice& dice) {
  return kNames[static_cast<std::size_t>(dice.roll(0, 2))];
}

void draw_running(Dice& dice, DrawnReserved& drawn) {
  for (std::size_t card = 0; card < drawn.rows.cards.size(); ++card) {
    for (std::int64_t left = 100; left > 0 && !dice.one_in(4);) {
      const std::int64_t blocks = std::min(left, 50 * dice.roll(1, 2));
      left -= blocks;
      const std::string who = name(dice);
      Running run =
          queue::running(drawn.rows, card, "run" + std::to_string(drawn.running.size()), who, blocks);
      run.project_id = model::ProjectId(who);
      run.preemptible = !dice.one_in(3);
      run.began = at(-dice.roll(0, 60));
      run.stopping = dice.one_in(8);
      if (run.stopping || dice.one_in(2)) run.ends_by = kNow + base::Span::seconds(dice.roll(1, 1000));
      drawn.running.push_back(run);
    }
  }
}

DrawnReserved draw_reserved(Dice& dice) {
  DrawnReserved drawn;
  drawn.rules.backfill = !dice.one_in(3);
  drawn.rules.promises = dice.roll(0, 4);
  if (dice.one_in(3)) drawn.rules.least_run = {};
  for (auto& [id, limit] : drawn.limits.allocations) {
    limit.ceiling.gpu = base::MilliGpu::blocks(50 * dice.roll(1, 6));
    limit.borrow_percent = 100 * dice.roll(0, 2);
  }
  draw_running(dice, drawn);
  std::vector<model::NodeId> nodes;
  nodes.reserve(drawn.rows.nodes.size());
  for (const auto& node : drawn.rows.nodes) nodes.push_back(node.id);
  for (const model::NodeId& node : nodes)
    if (!dice.one_in(3)) {
      const base::Instant from = at(dice.roll(-30, 30));
      drawn.rules.reserved.push_back(
          {{node}, model::ProjectId(name(dice)), from, from + base::Span::minutes(dice.roll(1, 60))});
    }
  for (std::int64_t i = 0, n = dice.roll(1, 6); i < n; ++i) {
    const std::string who = name(dice);
    Entry asks = entry("r" + std::to_string(i), who, blocks_of("t4", 50 * dice.roll(1, 2)), i);
    asks.project_id = model::ProjectId(who);
    asks.preemptible = dice.one_in(2);
    if (!dice.one_in(4)) asks.time_limit = base::Span::minutes(dice.roll(2, 60));
    drawn.entries.push_back(asks);
  }
  return drawn;
}

std::map<model::AllocationId, std::int64_t> held(const DrawnReserved& drawn) {
  std::map<model::AllocationId, std::int64_t> blocks;
  for (const Running& run : drawn.running)
    if (!run.stopping) blocks[run.allocation_id] += run.amount.gpu.value;
  return blocks;
}

// Each is told something once, in places from the first on; what starts fits one after the other.
void expect_whole(const DrawnReserved& drawn, const std::vector<Decision>& decisions) {
  std::set<model::RunId> told;
  std::vector<std::int64_t> positions;
  Cluster cluster = Cluster::from_rows(drawn.rows);
  for (const Decision& each : decisions) {
    EXPECT_TRUE(told.insert(each.run_id).second) << each.run_id.text << " twice";
    EXPECT_EQ(each.verdict == Verdict::kStart, !each.reason) << each.run_id.text;
    if (each.verdict == Verdict::kWait) positions.push_back(each.position);
    if (each.verdict != Verdict::kStart) continue;
    EXPECT_EQ(each.plan->version, cluster.version());
    EXPECT_TRUE(cluster.commit(*each.plan, {model::ReplicaId(each.run_id.text)}).ok());
  }
  for (const Entry& entry : drawn.entries) EXPECT_TRUE(told.contains(entry.run_id)) << entry.run_id.text;
  for (std::size_t i = 0; i < positions.size(); ++i)
    EXPECT_EQ(positions[i], static_cast<std::int64_t>(i) + 1);
}

// Of those that run, are preemptible and have run long enough; and each leaves its allocation what it is
// given.
int expect_fair_stops(const DrawnReserved& drawn, const std::vector<Decision>& decisions) {
  auto left = held(drawn);
  for (const Decision& each : decisions)
    if (each.verdict == Verdict::kStart)
      for (const Entry& entry : drawn.entries)
        if (entry.run_id == each.run_id)
          left[entry.allocation_id] += amount_of(entry.request, base::Bytes{}).gpu.value;
  int stops = 0;
  for (const Decision& each : decisions) {
    if (each.verdict != Verdict::kStop) continue;
    ++stops;
    const auto run = std::find_if(drawn.running.begin(), drawn.running.end(),
                                  [&](const Running& one) { return one.run_id == each.run_id; });
    if (run == drawn.running.end()) {
      ADD_FAILURE() << each.run_id.text << " does not run";
      continue;
    }
    EXPECT_TRUE(run->preemptible && !run->stopping);
    EXPECT_GE(kNow - *run->began, drawn.rules.least_run);
    left[run->allocation_id] -= run->amount.gpu.value;
    EXPECT_GE(left[run->allocation_id], drawn.limits.allocations.at(run->allocation_id).ceiling.gpu->value);
  }
  return stops;
}

TEST(ReservedProperty, A9_P5_EachIsToldOnceAndWhatIsStoppedWasBorrowed) {
  Dice dice(9);
  int stops = 0, waits_there = 0;
  for (int i = 0; i < 4'000 && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const DrawnReserved drawn = draw_reserved(dice);
    const auto decisions = decide_reserved(drawn.entries, drawn.running, Cluster::from_rows(drawn.rows),
                                           drawn.limits, drawn.rules, kNow);
    expect_whole(drawn, decisions);
    stops += expect_fair_stops(drawn, decisions);
    for (const Decision& each : decisions)
      waits_there += each.reason && each.reason->code == "queue.cards_not_left" ? 1 : 0;
  }
  EXPECT_GT(stops, 100);
  EXPECT_GT(waits_there, 30);
}

}  // namespace
}  // namespace dure::queue
