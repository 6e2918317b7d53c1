// A9: what others borrow on the nodes that are a project's.
#include <gtest/gtest.h>

#include <algorithm>

#include "queue/queue_fixture.h"
#include "queue/reserved.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::Cluster;
using placement::room;
using placement::Rows;

// Nodes of one card. The first is the national project's for an hour from now on; "a" is given a card, "b"
// nothing: it borrows what it has.
struct ReclaimCase {
  Rows rows;
  std::vector<Running> running;
  Limits limits = limits_for({"a", "b", "c"});
  Rules rules{.backfill = true};

  explicit ReclaimCase(int nodes = 2) : rows(room(nodes, 1)) {
    rules.reserved = {{{rows.nodes[0].id}, model::ProjectId("nation"), kNow, at(60)}};
    limit("a").ceiling.gpu = base::MilliGpu::cards(1);
    limit("b").ceiling.gpu = base::MilliGpu{};
  }
  AllocationLimit& limit(const std::string& account) {
    return limits.allocations.at(model::AllocationId("allocation-" + account));
  }
  void borrow(const std::string& id, std::size_t card, std::int64_t minutes_ago) {
    running.push_back(queue::running(rows, card, id, "b", 100));
    running.back().preemptible = true;
    running.back().began = at(-minutes_ago);
  }
  std::vector<Decision> decide(const std::vector<Entry>& entries, base::Instant now = kNow) const {
    return decide_reserved(entries, running, Cluster::from_rows(rows), limits, rules, now);
  }
};

Entry asks_to_reclaim(const std::string& id, const std::string& account, std::int64_t queued_s = 0) {
  Entry made = entry(id, account, blocks_of("t4", 100), queued_s);
  made.project_id = model::ProjectId(account == "a" ? "nation" : "other");
  made.time_limit = base::Span::minutes(30);
  return made;
}

std::vector<std::string> stopped(const std::vector<Decision>& decisions) {
  std::vector<std::string> runs;
  for (const Decision& each : decisions)
    if (each.verdict == Verdict::kStop) runs.push_back(each.run_id.text);
  return runs;
}

using Names = std::vector<std::string>;

TEST(ReservedReclaim, A9_P5_WhoBorrowsThereIsStoppedAndNobodyElse) {
  ReclaimCase two;
  two.borrow("far", 1, 60);
  two.borrow("old", 0, 30);
  const auto decisions = two.decide({asks_to_reclaim("x", "c", 1), asks_to_reclaim("n", "a", 2)});
  EXPECT_EQ(stopped(decisions), Names{"old"});
  const Decision& waits = decision_of(decisions, "n");
  ASSERT_TRUE(waits.promise);
  EXPECT_EQ(waits.promise->start, kNow + two.rules.stop_grace);
  EXPECT_EQ(waits.estimated_start, waits.promise->start);
  EXPECT_EQ(waits.promise->replicas[0].node_id, two.rows.nodes[0].id);
  EXPECT_EQ(waits.reason->code, "queue.cards_not_left");
  EXPECT_EQ(waits.position, 1);
  EXPECT_EQ(decision_of(decisions, "x").position, 2);
}

// As dured has it second after second.
TEST(ReservedReclaim, A9_P5_WhatIsPromisedForItStaysUntilItStarts) {
  ReclaimCase two;
  two.borrow("far", 1, 60);
  two.borrow("old", 0, 30);
  Entry waits = asks_to_reclaim("n", "a");
  waits.promise = decision_of(two.decide({waits}), "n").promise;
  ASSERT_TRUE(waits.promise);
  two.running[1].stopping = true;
  two.running[1].ends_by = kNow + two.rules.stop_grace;
  for (const std::int64_t seconds : {1, 59, 90}) {
    const auto later = two.decide({waits}, kNow + base::Span::seconds(seconds));
    EXPECT_EQ(stopped(later), Names{}) << seconds;
    EXPECT_EQ(later[0].promise, waits.promise) << seconds;
    EXPECT_EQ(later[0].estimated_start, waits.promise->start) << seconds;
  }
  two.running.pop_back();
  two.rows.shares.pop_back();
  const auto over = two.decide({waits}, kNow + base::Span::seconds(91));
  EXPECT_EQ(over[0].verdict, Verdict::kStart);
  EXPECT_EQ(stopped(over), Names{});
}

TEST(ReservedReclaim, A9_F14_ItsCeilingKeepsTheRoomForWhoWaitsThere) {
  ReclaimCase three(3);  // half of the third is free
  three.borrow("far", 1, 60);
  three.borrow("old", 0, 30);
  three.running.push_back(queue::running(three.rows, 2, "half", "c", 50));
  Entry half = asks_to_reclaim("m", "a", 2);
  half.request = blocks_of("t4", 50);
  EXPECT_EQ(decision_of(three.decide({half}), "m").verdict, Verdict::kStart);
  three.limits.any_account.runs = 1;
  const auto decisions = three.decide({asks_to_reclaim("n", "a", 1), half});
  EXPECT_EQ(stopped(decisions), Names{"old"});
  EXPECT_EQ(decision_of(decisions, "n").verdict, Verdict::kWait);
  EXPECT_EQ(decision_of(decisions, "m").verdict, Verdict::kWait);
}

TEST(ReservedReclaim, A9_WhoIsOnOtherNodesIsNotStoppedForIt) {
  ReclaimCase two;
  two.borrow("far", 1, 20);  // the one that has the least to lose
  two.borrow("old", 0, 30);
  EXPECT_EQ(stopped(two.decide({asks_to_reclaim("n", "a")})), Names{"old"});
}

TEST(ReservedReclaim, A9_P5_APreemptibleStartThereLeavesTheFirmCeilingToOthers) {
  ReclaimCase two;
  two.limit("a").borrow_percent = 100;
  Entry first = asks_to_reclaim("n", "a", 1);
  first.preemptible = true;
  const auto decisions = two.decide({first, asks_to_reclaim("m", "a", 2)});
  EXPECT_EQ(decision_of(decisions, "n").plan->replicas[0].node_id, two.rows.nodes[0].id);
  EXPECT_EQ(decision_of(decisions, "m").verdict, Verdict::kStart);
}

TEST(ReservedReclaim, A9_P5_WhatStartsThereIsNotStoppedAtOnce) {
  ReclaimCase two;
  two.rules.least_run = {};
  two.rules.reserved[0].until = kNow + base::Span::seconds(30);
  two.limit("a").borrow_percent = 100;
  two.running.push_back(queue::running(two.rows, 1, "firm", "a", 100));
  two.limit("c").ceiling.gpu = base::MilliGpu::cards(1);
  Entry borrows = asks_to_reclaim("n", "a", 1);
  borrows.preemptible = true;
  const auto decisions = two.decide({borrows, asks_to_reclaim("x", "c", 2)});
  EXPECT_EQ(decision_of(decisions, "n").verdict, Verdict::kStart);
  EXPECT_EQ(stopped(decisions), Names{});
}

}  // namespace
}  // namespace dure::queue
