// place() against an exhaustive search on small clusters, and what must hold for any of its plans.
#include <gtest/gtest.h>

#include <algorithm>

#include "placement/naive_fixture.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

constexpr int kPlaceCases = 30'000;

std::vector<model::ReplicaId> fresh_ids(const Plan& plan) {
  std::vector<model::ReplicaId> ids;
  ids.reserve(plan.replicas.size());
  for (const PlannedReplica& replica : plan.replicas)
    ids.emplace_back("new" + std::to_string(replica.number));
  return ids;
}

void expect_sound(const Cluster& cluster, const Plan& plan, const Request& request) {
  ASSERT_EQ(static_cast<std::int64_t>(plan.replicas.size()), request.replicas);
  for (const PlannedReplica& replica : plan.replicas) {
    std::int64_t milli = 0;
    for (const PlannedShare& part : replica.shares) milli += part.milli_gpu.value;
    EXPECT_EQ(milli, milli_gpu_per_replica(request).value);
    EXPECT_EQ(replica.number, &replica - plan.replicas.data());
    EXPECT_EQ(replica.cpu_milli, request.cpu_milli);
    EXPECT_EQ(replica.memory, request.memory);
    EXPECT_TRUE(request.pool.empty() || cluster.find(replica.node_id)->pool == request.pool);
  }
  Cluster after = cluster;
  ASSERT_TRUE(after.commit(plan, fresh_ids(plan)).ok()) << "a plan commits on its own snapshot";
  EXPECT_TRUE(after.faults().empty()) << "never oversubscribed";
  for (const model::ReplicaId& id : fresh_ids(plan)) after.release(id);
  EXPECT_EQ(after.nodes(), cluster.nodes());
}

TEST(PlaceProperty, P1_P2_AgreesWithTryingEverything) {
  Dice dice(20260901);
  int plans = 0, not_now = 0, not_ever = 0, not_allowed = 0;
  for (int i = 0; i < kPlaceCases; ++i) {
    const Rows rows = random_rows(dice);
    const Request request = random_request(dice);
    const Cluster cluster = Cluster::from_rows(rows);
    auto now = naive(rows, false), ever = naive(rows, true);
    const Answer answer = place(cluster, request);
    if (const Plan* plan = std::get_if<Plan>(&answer)) {
      ++plans;
      EXPECT_TRUE(search(now, request, request.replicas)) << "case " << i;
      expect_sound(cluster, *plan, request);
      continue;
    }
    const Refusal& refusal = std::get<Refusal>(answer);
    EXPECT_FALSE(search(now, request, request.replicas)) << "case " << i;
    EXPECT_EQ(search(ever, request, request.replicas), refusal.kind == RefusalKind::kNotNow)
        << "case " << i << " " << refusal.reason.code;
    ++(refusal.kind == RefusalKind::kNotNow    ? not_now
       : refusal.kind == RefusalKind::kNotEver ? not_ever
                                               : not_allowed);
  }
  EXPECT_GT(plans, kPlaceCases / 10);
  EXPECT_GT(not_now, kPlaceCases / 10);
  EXPECT_GT(not_ever, kPlaceCases / 10);
  EXPECT_GT(not_allowed, kPlaceCases / 200);
}

TEST(PlaceProperty, TheOrderOfTheRowsDoesNotMatter) {
  Dice dice(7);
  for (int i = 0; i < 3'000; ++i) {
    Rows rows = random_rows(dice);
    const Request request = random_request(dice);
    const Answer first = place(Cluster::from_rows(rows), request);
    std::shuffle(rows.nodes.begin(), rows.nodes.end(), dice);
    std::shuffle(rows.cards.begin(), rows.cards.end(), dice);
    std::shuffle(rows.shares.begin(), rows.shares.end(), dice);
    std::shuffle(rows.holds.begin(), rows.holds.end(), dice);
    EXPECT_EQ(place(Cluster::from_rows(rows), request), first) << "case " << i;
  }
}

// The reason of the day tells the truth: what it calls out of service would do if it were back.
TEST(PlaceProperty, TheReasonHolds) {
  Dice dice(11);
  int unavailable = 0, fragmented = 0, others = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Cluster cluster = Cluster::from_rows(random_rows(dice));
    const Request request = random_request(dice);
    const Answer answer = place(cluster, request);
    const Refusal* refusal = std::get_if<Refusal>(&answer);
    if (refusal == nullptr || refusal->kind != RefusalKind::kNotNow) continue;
    const bool fits_repaired = std::holds_alternative<Plan>(place(cluster.repaired(), request));
    EXPECT_EQ(refusal->reason.code == "placement.node_unavailable", fits_repaired) << "case " << i;
    ++(fits_repaired ? unavailable : refusal->reason.code == "placement.fragmented" ? fragmented : others);
    const Counts& c = refusal->counts;
    EXPECT_EQ(c.looked_at,
              c.node_unavailable + c.unhealthy + c.busy + c.node_cpu + c.node_memory + c.node_cards + c.fits);
  }
  EXPECT_GT(unavailable, 100);
  EXPECT_GT(fragmented, 10);
  EXPECT_GT(others, 100);
}

}  // namespace
}  // namespace dure::placement
