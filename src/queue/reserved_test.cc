// A9: nodes that are a project's for a while, and what that means for what waits.
#include "queue/reserved.h"

#include <gtest/gtest.h>

#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::Cluster;
using placement::room;
using placement::Rows;

// Two nodes of one card; n1 is the national project's from the 60th to the 120th minute.
struct ReservedCase {
  Rows rows = room(2, 1);
  std::vector<Running> running;
  Rules rules;

  ReservedCase() { rules.reserved = {{{rows.nodes[0].id}, model::ProjectId("nation"), at(60), at(120)}}; }
  std::vector<Decision> decide(const std::vector<Entry>& entries, base::Instant now = kNow) const {
    return decide_reserved(entries, running, Cluster::from_rows(rows), limits_for({"a", "b"}), rules, now);
  }
};

Entry asks_for(const std::string& id, const std::string& project, std::int64_t minutes,
               std::int64_t queued_s = 0) {
  Entry made = entry(id, project == "nation" ? "a" : "b", blocks_of("t4", 100), queued_s);
  made.project_id = model::ProjectId(project);
  if (minutes > 0) made.time_limit = base::Span::minutes(minutes);
  return made;
}

std::string node_of(const Decision& decision) {
  return decision.plan ? decision.plan->replicas[0].node_id.text : "";
}

TEST(Reserved, A9_BeforeItOthersStartThereOnlyWhatEndsBefore) {
  ReservedCase two;
  EXPECT_EQ(node_of(two.decide({asks_for("r", "other", 60)})[0]), two.rows.nodes[0].id.text);
  EXPECT_EQ(node_of(two.decide({asks_for("r", "other", 61)})[0]), two.rows.nodes[1].id.text);
  EXPECT_EQ(node_of(two.decide({asks_for("r", "other", 0)})[0]), two.rows.nodes[1].id.text)
      << "what has no limit never, however far ahead it is";
}

TEST(Reserved, A9_WithinItOnlyTheProjectDoes) {
  ReservedCase two;
  const auto decisions = two.decide({asks_for("x", "other", 10, 1), asks_for("y", "other", 10, 2)}, at(60));
  EXPECT_EQ(node_of(decision_of(decisions, "x")), two.rows.nodes[1].id.text);
  EXPECT_EQ(code(decision_of(decisions, "y")), "queue.reserved") << "there is room, and it is not theirs";
  EXPECT_EQ(decision_of(decisions, "y").promise->start, at(70));
  const auto all = two.decide({asks_for("x", "other", 10, 1), asks_for("n", "nation", 10, 2)}, at(60));
  EXPECT_EQ(node_of(decision_of(all, "n")), two.rows.nodes[0].id.text) << "the project's go to its own first";
  EXPECT_EQ(node_of(decision_of(all, "x")), two.rows.nodes[1].id.text);
  EXPECT_EQ(all[0].run_id.text, "n");
  EXPECT_EQ(all[0].plan->version + 1, all[1].plan->version) << "one plan after the other";
}

TEST(Reserved, A9_WhatDoesNotFitThereGoesElsewhere) {
  ReservedCase two;
  const auto decisions = two.decide({asks_for("m", "nation", 10, 1), asks_for("n", "nation", 10, 2)}, at(60));
  EXPECT_EQ(node_of(decision_of(decisions, "m")), two.rows.nodes[0].id.text);
  EXPECT_EQ(node_of(decision_of(decisions, "n")), two.rows.nodes[1].id.text);
}

TEST(Reserved, A9_P5_TheProjectIsPromisedItsTime) {
  ReservedCase two;
  two.running = {running(two.rows, 1, "old", "b", 100, at(500))};
  Entry waits = asks_for("n", "nation", 100);
  const auto before = two.decide({waits})[0];
  ASSERT_TRUE(before.promise);
  EXPECT_EQ(before.promise->start, at(60)) << "not before: what it runs then would reach into the time";
  EXPECT_EQ(before.estimated_start, at(60));
  EXPECT_EQ(before.promise->replicas[0].node_id, two.rows.nodes[0].id);
  waits.promise = before.promise;
  EXPECT_EQ(two.decide({waits}, at(59))[0].promise, before.promise) << "and it is kept";
  EXPECT_EQ(two.decide({waits}, at(60))[0].verdict, Verdict::kStart);
  const auto other = two.decide({asks_for("x", "other", 100)})[0];
  EXPECT_EQ(other.promise->start, at(120)) << "others afterwards";
}

TEST(Reserved, A9_P5_WhatHelpsDoesNotTellALaterStartThanThePromise) {
  ReservedCase two;
  two.running = {running(two.rows, 1, "old", "b", 50, at(500))};
  const auto codes = [&](const std::string& project) {
    std::vector<std::string> all;
    const Decision decision = two.decide({asks_for("n", project, 100)})[0];
    all.reserve(decision.alternatives.size());
    for (const base::Reason& reason : decision.alternatives) all.push_back(reason.code);
    return all;
  };
  EXPECT_EQ(codes("other"),
            (std::vector<std::string>{"queue.help_time_limit", "queue.help_blocks", "queue.help_starts"}));
  EXPECT_EQ(codes("nation"), (std::vector<std::string>{"queue.help_time_limit", "queue.help_blocks"}));
}

TEST(Reserved, A9_WhatOthersArePromisedForAfterwardsIsKept) {
  ReservedCase two;
  two.running = {running(two.rows, 1, "old", "b", 100, at(500))};
  two.rules.backfill = true;
  Entry other = asks_for("x", "other", 100, 1);
  other.promise = two.decide({other})[0].promise;
  ASSERT_EQ(other.promise->start, at(120));
  const auto decisions =
      two.decide({other, asks_for("long", "nation", 90, 2), asks_for("short", "nation", 60, 3)}, at(60));
  EXPECT_EQ(decision_of(decisions, "short").verdict, Verdict::kStart);
  EXPECT_EQ(decision_of(decisions, "long").verdict, Verdict::kWait)
      << "it would run into what x was promised";
  EXPECT_EQ(decision_of(decisions, "x").promise->start, at(120));
}

TEST(Reserved, A9_AfterItAllIsAsBefore) {
  ReservedCase two;
  const auto decisions = two.decide(
      {asks_for("x", "other", 0, 1), asks_for("y", "other", 0, 2), asks_for("n", "nation", 0, 3)}, at(120));
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart);
  EXPECT_EQ(decisions[2].verdict, Verdict::kWait);
}

TEST(Reserved, A9_P26_MaintenanceComesBeforeAReservation) {
  ReservedCase two;
  two.rules.closed = {{two.rows.nodes[0].id, at(80), at(90), {}, Closed::Why::kMaintenance}};
  const auto decisions = two.decide({asks_for("m", "nation", 20, 1)}, at(60));
  EXPECT_EQ(node_of(decisions[0]), two.rows.nodes[0].id.text);
  const auto longer = two.decide({asks_for("m", "nation", 21, 1)}, at(60));
  EXPECT_EQ(node_of(longer[0]), two.rows.nodes[1].id.text);
}

TEST(Reserved, A9_TheAccountsCeilingCountsWhatStartsThere) {
  ReservedCase two;
  auto limits = limits_for({"a", "b"});
  limits.any_account.runs = 1;
  const auto decisions = decide_reserved({asks_for("m", "nation", 10, 1), asks_for("n", "nation", 10, 2)}, {},
                                         Cluster::from_rows(two.rows), limits, two.rules, at(60));
  EXPECT_EQ(decision_of(decisions, "m").verdict, Verdict::kStart);
  EXPECT_EQ(code(decision_of(decisions, "n")), "queue.ceiling");
}

TEST(Reserved, NothingReservedIsDecide) {
  ReservedCase two;
  two.rules.reserved.clear();
  const std::vector<Entry> entries{asks_for("x", "other", 10, 1), asks_for("y", "other", 0, 2),
                                   asks_for("n", "nation", 5, 3)};
  const auto limits = limits_for({"a", "b"});
  EXPECT_EQ(two.decide(entries),
            queue::decide(entries, {}, Cluster::from_rows(two.rows), limits, two.rules, kNow));
}

}  // namespace
}  // namespace dure::queue
