// Rows that contradict themselves: whoever stops there, or is stopped, is decided about as all others, and
// nothing breaks.
#include "queue/held.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "placement/partition_fixture.h"
#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::Cluster;
using placement::kA100;

// Accounts "a" and "b": "a" is given two cards, "b" holds what runs and is given nothing.
struct HeldCentre {
  placement::Rows rows;
  std::vector<Running> runs;
  Limits limits = limits_for({"a", "b"});
  Rules rules{.backfill = true};

  HeldCentre() {
    rows.nodes.push_back(placement::node("n1"));
    for (auto& [id, limit] : limits.allocations) {
      limit.ceiling.gpu = base::MilliGpu::blocks(id.text == "allocation-a" ? 200 : 10);
      limit.borrow_percent = 10'000;
    }
  }
  std::size_t card(bool mig) {
    const auto index = static_cast<std::int64_t>(rows.cards.size());
    rows.cards.push_back(mig ? placement::mig_card(rows.nodes[0], index, kA100)
                             : placement::card(rows.nodes[0], index, "t4"));
    return rows.cards.size() - 1;
  }
  void run(const std::string& id, std::size_t on) {
    runs.push_back(running(rows, on, id, "b", 100));
    runs.back().preemptible = true;
    runs.back().began = at(-60);
    runs.back().ends_by = at(30);
  }
  // The last share is an instance.
  void in_instance(const std::string& profile, std::int64_t start) {
    model::Share& share = rows.shares.back();
    const auto request = placement::instance_of(kA100, profile);
    share.milli_gpu = placement::milli_gpu_per_replica(request);
    share.mig_profile = profile;
    share.mig_start = start;
    share.mig_milli_gpu = base::MilliGpu::blocks(100);
  }
  Held held(std::size_t which) const { return held_by(Cluster::from_rows(rows), runs[which].replica_ids); }
  std::vector<Decision> decide() const {
    Entry asks = entry("asks", "a", blocks_of("t4", 100), 1);
    asks.time_limit = base::Span::minutes(60);
    Entry slice = entry("slice", "a", placement::instance_of(kA100, "1g.5gb"), 2);
    slice.time_limit = base::Span::minutes(60);
    return queue::decide({asks, slice}, runs, Cluster::from_rows(rows), limits, rules, kNow);
  }
  // Whoever asks, whether the runs there go on or stop.
  void expect_waits() {
    for (const bool stopping : {false, true}) {
      for (Running& run : runs) run.stopping = stopping;
      for (const Decision& decision : decide())
        EXPECT_TRUE(decision.verdict != Verdict::kStart && decision.verdict != Verdict::kStop);
    }
  }
};

TEST(Held, IsWhatTheBoardHas) {
  HeldCentre centre;
  centre.run("r1", centre.card(false));
  centre.run("r2", centre.card(true));
  centre.in_instance("3g.20gb", 4);
  EXPECT_EQ(centre.held(0).spots.size(), 1U);
  EXPECT_EQ(centre.held(0).shape.milli_gpu, 1000);
  EXPECT_EQ(centre.held(1).spots.size(), 1U);
  EXPECT_NE(centre.held(1).shape.mig, 0);
}

TEST(Held, P3_InstancesThatOverlapAreNotGivenBack) {
  HeldCentre centre;
  const std::size_t card = centre.card(true);
  centre.run("r1", card);
  centre.in_instance("3g.20gb", 0);
  centre.run("r2", card);
  centre.in_instance("4g.20gb", 0);
  centre.card(false);
  centre.run("r3", 1);
  EXPECT_TRUE(centre.held(0).spots.empty());
  EXPECT_EQ(centre.held(2).spots.size(), 1U);
  centre.runs.pop_back();  // what holds the ordinary card is not known of
  centre.expect_waits();
}

TEST(Held, P1_ACardThatIsHeldTwiceOverIsNotGivenBack) {
  HeldCentre centre;
  const std::size_t card = centre.card(false);
  centre.card(true);
  centre.run("r1", card);
  centre.run("r2", card);
  EXPECT_TRUE(centre.held(0).spots.empty());
  for (const bool stopping : {false, true}) {
    for (Running& run : centre.runs) run.stopping = stopping;
    const auto decisions = centre.decide();
    EXPECT_EQ(decisions[0].verdict, Verdict::kWait);
    EXPECT_FALSE(decisions[0].promise) << "when they end is not known";
    EXPECT_EQ(decisions[1].verdict, Verdict::kStart) << "on another card";
    EXPECT_EQ(decisions.size(), 2U);
  }
}

TEST(Held, P3_AGangThatIsHalfInAnInstanceIsNotGivenBack) {
  for (const bool instance_first : {false, true}) {
    HeldCentre centre;
    const std::size_t first = centre.card(instance_first);
    const std::size_t second = centre.card(!instance_first);
    centre.run("r1", first);
    if (instance_first) centre.in_instance("7g.40gb", 0);
    centre.run("r2", second);
    if (!instance_first) centre.in_instance("7g.40gb", 0);
    centre.runs[0].replica_ids.push_back(centre.runs[1].replica_ids[0]);
    centre.runs.pop_back();
    EXPECT_TRUE(centre.held(0).spots.empty());
    centre.expect_waits();
  }
}

TEST(Held, P1_SharesOfOneReplicaThatDifferAreNotGivenBack) {
  HeldCentre centre;
  centre.card(false);
  centre.card(false);
  centre.card(true);
  centre.run("r1", 0);
  centre.rows.shares.push_back(placement::share(centre.rows.cards[1], "r1", 50));
  EXPECT_TRUE(centre.held(0).spots.empty());
  for (const bool stopping : {false, true}) {
    centre.runs[0].stopping = stopping;
    EXPECT_EQ(centre.decide()[0].verdict, Verdict::kWait);
  }
}

}  // namespace
}  // namespace dure::queue
