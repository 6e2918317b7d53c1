// P26: what a node that closes for a while means for what waits.
#include "queue/closed.h"

#include <gtest/gtest.h>

#include <random>

#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::Cluster;
using placement::room;
using placement::Rows;

constexpr base::Instant kLongAgo{};

Closed closed(const Rows& rows, std::size_t node, std::int64_t from, std::int64_t until,
              base::Instant endless_from = kLongAgo) {
  return {rows.nodes[node].id, at(from), at(until), endless_from, Closed::Why::kMaintenance};
}

Entry limited_to(const std::string& id, std::int64_t blocks, std::int64_t minutes,
                 std::int64_t queued_s = 0) {
  Entry made = entry(id, "a", blocks_of("t4", blocks), queued_s);
  made.time_limit = base::Span::minutes(minutes);
  return made;
}

std::vector<Decision> decide_closed(const Rows& rows, const std::vector<Entry>& entries, const Rules& rules,
                                    const std::vector<Running>& running = {}, base::Instant now = kNow) {
  return queue::decide(entries, running, Cluster::from_rows(rows), limits_for({"a", "b"}), rules, now);
}

TEST(Closed, P26_P5_WhatEndsBeforeStartsAndWhatDoesNotIsPromisedTheEnd) {
  const Rows rows = room(1, 1);
  Rules rules;
  rules.closed = {closed(rows, 0, 60, 120)};
  EXPECT_EQ(decide_closed(rows, {limited_to("r", 100, 60)}, rules)[0].verdict, Verdict::kStart)
      << "to the very instant";
  const auto waits = decide_closed(rows, {limited_to("r", 100, 61)}, rules)[0];
  EXPECT_EQ(code(waits), "queue.maintenance");
  EXPECT_EQ(std::get<std::string>(*waits.reason->find("until")), base::to_text(at(120)));
  ASSERT_TRUE(waits.promise);
  EXPECT_EQ(waits.promise->start, at(120));
  EXPECT_EQ(decide_closed(rows, {limited_to("r", 100, 61)}, rules, {}, at(119))[0].verdict, Verdict::kWait);
  EXPECT_EQ(decide_closed(rows, {limited_to("r", 100, 61)}, rules, {}, at(120))[0].verdict, Verdict::kStart);
}

TEST(Closed, P26_AnotherNodeIsTaken) {
  const Rows rows = room(2, 1);
  Rules rules;
  rules.closed = {closed(rows, 0, 60, 120)};
  const auto decision = decide_closed(rows, {limited_to("r", 100, 61)}, rules)[0];
  ASSERT_EQ(decision.verdict, Verdict::kStart);
  EXPECT_EQ(decision.plan->replicas[0].node_id, rows.nodes[1].id);
}

TEST(Closed, P26_WhatHasNoLimitHeedsItFromItsNoticeOn) {
  const Rows rows = room(1, 1);
  Rules rules;
  rules.closed = {closed(rows, 0, 60, 120, at(10))};
  const Entry endless = entry("r", "a", blocks_of("t4", 100));
  EXPECT_EQ(decide_closed(rows, {endless}, rules, {}, at(9))[0].verdict, Verdict::kStart);
  const auto waits = decide_closed(rows, {endless}, rules, {}, at(10))[0];
  EXPECT_EQ(code(waits), "queue.maintenance");
  EXPECT_EQ(waits.promise->start, at(120));
  EXPECT_EQ(decide_closed(rows, {limited_to("r", 100, 61)}, rules)[0].verdict, Verdict::kWait)
      << "what has one heeds it at once";
}

TEST(Closed, P26_APromiseThatCollidesIsGivenAnew) {
  Rows rows = room(1, 1);
  const auto run = running(rows, 0, "old", "b", 100, at(30));
  Rules rules;
  Entry waiting = limited_to("r", 100, 60);
  const auto before = decide_closed(rows, {waiting}, rules, {run})[0];
  ASSERT_EQ(before.promise->start, at(30));
  waiting.promise = before.promise;
  rules.closed = {closed(rows, 0, 60, 120)};
  EXPECT_EQ(decide_closed(rows, {waiting}, rules, {run})[0].promise->start, at(120));
  rules.closed = {closed(rows, 0, 90, 120)};
  EXPECT_EQ(decide_closed(rows, {waiting}, rules, {run})[0].promise->start, at(30))
      << "this one does not collide";
}

// Where others are promised what is free, maintenance is not the reason.
TEST(Closed, P5_TheReasonIsMaintenanceOnlyWhereNothingElseHasRoom) {
  Rows rows = room(2, 1);
  Rules rules;
  rules.closed = {closed(rows, 0, 60, 120)};
  const auto run = running(rows, 1, "old", "b", 50, at(30));
  EXPECT_EQ(code(decide_closed(rows, {limited_to("r", 50, 90)}, rules, {run})[0]), "")
      << "there is room on the other";
  EXPECT_EQ(code(decide_closed(rows, {limited_to("r", 60, 90)}, rules, {run})[0]), "queue.maintenance");
  rules.closed = {closed(rows, 1, 60, 120)};
  const auto full = running(rows, 0, "full", "b", 100, at(30));
  EXPECT_EQ(code(decide_closed(rows, {limited_to("r", 60, 10)}, rules, {run, full})[0]),
            "placement.no_capacity");
}

// Against trying every node: one entry starts where, and only where, a node has room and does not close
// before it ends; and it never starts later than the first instant at which one is so.
TEST(Closed, P26_AgreesWithTryingEveryNodeAndMinute) {
  std::mt19937_64 dice(7);
  const auto roll = [&](std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(most - least + 1));
  };
  int started = 0, waited = 0;
  for (int round = 0; round < 400; ++round) {
    const std::int64_t nodes = roll(1, 3);
    Rows rows = room(nodes, 1);
    Rules rules;
    std::vector<Running> runs;
    std::vector<std::int64_t> free_at(static_cast<std::size_t>(nodes), 0);
    for (std::size_t node = 0; node < free_at.size(); ++node) {
      if (roll(0, 1) == 0) continue;
      free_at[node] = roll(1, 10);
      runs.push_back(running(rows, node, "old" + std::to_string(node), "b", 60, at(free_at[node])));
    }
    for (std::int64_t count = roll(0, 4); count > 0; --count) {
      const auto node = static_cast<std::size_t>(roll(0, nodes - 1));
      const std::int64_t from = roll(-2, 12);
      rules.closed.push_back(closed(rows, node, from, from + roll(1, 8), at(from - roll(0, 6))));
    }
    const std::int64_t minutes = roll(0, 9);  // 0: without a limit
    Entry one = minutes > 0 ? limited_to("r", 60, minutes) : entry("r", "a", blocks_of("t4", 60));
    std::optional<std::int64_t> first;
    for (std::int64_t minute = 0; minute < 60 && !first; ++minute)
      for (std::size_t node = 0; node < free_at.size(); ++node) {
        bool open = free_at[node] <= minute;
        for (const Closed& each : rules.closed) {
          if (each.node_id != rows.nodes[node].id) continue;
          if (minutes == 0 && kNow < each.endless_from) continue;
          open = open && !((minutes == 0 || each.from < at(minute + minutes)) && at(minute) < each.until);
        }
        if (open && !first) first = minute;
      }
    ASSERT_TRUE(first);
    const auto decision = decide_closed(rows, {one}, rules, runs)[0];
    ASSERT_EQ(decision.verdict == Verdict::kStart, *first == 0) << round;
    *first == 0 ? ++started : ++waited;
    if (*first > 0) {
      ASSERT_EQ(decision.promise->start, at(*first)) << round;
    }
  }
  EXPECT_GT(started, 50);
  EXPECT_GT(waited, 50);
}

}  // namespace
}  // namespace dure::queue
