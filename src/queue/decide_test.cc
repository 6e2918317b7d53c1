#include "queue/decide.h"

#include <gtest/gtest.h>

#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::card;
using placement::cards_of;
using placement::Cluster;
using placement::node;
using placement::room;
using placement::Rows;

std::int64_t number(const Decision& decision, const std::string& name) {
  const base::ReasonValue* value = decision.reason->find(name);
  DURE_ASSERT(value != nullptr);
  return std::get<std::int64_t>(*value);
}

struct DecideCase {
  Rows rows;
  std::vector<Running> running;
  Limits limits = limits_for({"a", "b", "c"});
  Rules rules;

  std::vector<Decision> decide(const std::vector<Entry>& entries) const {
    return queue::decide(entries, running, Cluster::from_rows(rows), limits, rules, kNow);
  }
};

TEST(Decide, F8_StartsWhatFitsInOrder) {
  DecideCase room_of_one{room(1, 1), {}};
  const auto decisions = room_of_one.decide(
      {entry("r2", "b", blocks_of("t4", 50), 2), entry("r1", "a", blocks_of("t4", 50), 1)});
  ASSERT_EQ(decisions.size(), 2u);
  EXPECT_EQ(decisions[0].run_id.text, "r1");
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart);
  Cluster cluster = Cluster::from_rows(room_of_one.rows);
  EXPECT_TRUE(cluster.commit(*decisions[0].plan, {model::ReplicaId("x")}).ok());
  EXPECT_EQ(decisions[1].plan->version, cluster.version());
  EXPECT_TRUE(cluster.commit(*decisions[1].plan, {model::ReplicaId("y")}).ok());
}

// The next user starts when the previous run ends; until then he waits with a reason and a place (P5).
TEST(Decide, F8_P5_ASmallLaterOneDoesNotOvertake) {
  DecideCase full{room(1, 1), {}};
  full.running = {running(full.rows, 0, "old", "c", 70)};
  const auto decisions =
      full.decide({entry("big", "a", blocks_of("t4", 60), 1), entry("small", "b", blocks_of("t4", 10), 2)});
  EXPECT_EQ(code(decisions[0]), "placement.no_capacity");
  EXPECT_EQ(number(decisions[0], "largest_blocks"), 30);
  EXPECT_EQ(decisions[0].position, 1);
  EXPECT_EQ(code(decisions[1]), "queue.behind");
  EXPECT_EQ(number(decisions[1], "ahead"), 1);
  EXPECT_EQ(decisions[1].position, 2);
  EXPECT_EQ(decisions[1].ahead, 1);
}

TEST(Decide, ARetryThatPausesHoldsUpNobody) {
  const placement::Rows rows = placement::room(1, 1);
  std::vector<Entry> entries{entry("r1", "a", placement::blocks_of("t4", 60), 1),
                             entry("r2", "b", placement::blocks_of("t4", 60), 2)};
  entries[0].not_before = at(1);
  const auto cluster = placement::Cluster::from_rows(rows);
  const auto limits = limits_for({"a", "b"});
  const auto decisions = queue::decide(entries, {}, cluster, limits, {}, kNow);
  EXPECT_EQ(code(decisions[0]), "queue.retry_pause");
  EXPECT_EQ(decisions[0].estimated_start, at(1));
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart);
  EXPECT_EQ(queue::decide(entries, {}, cluster, limits, {}, at(1))[0].verdict, Verdict::kStart)
      << "its time has come";
}

TEST(Decide, P2_AnotherModelDoesNotWait) {
  DecideCase two{room(1, 1), {}};
  two.rows.cards.push_back(card(two.rows.nodes[0], 1, "a100-40gb"));
  two.running = {running(two.rows, 0, "old", "c", 70)};
  const auto decisions = two.decide(
      {entry("big", "a", blocks_of("t4", 60), 1), entry("other", "b", blocks_of("a100-40gb", 10), 2)});
  EXPECT_EQ(decisions[0].verdict, Verdict::kWait);
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart);
}

TEST(Decide, P5_OneBadEntryHoldsUpNobody) {
  DecideCase one{room(1, 1), {}};
  const auto decisions =
      one.decide({entry("never", "a", blocks_of("h100-80gb", 60), 1),
                  entry("too-many", "a", cards_of("t4", 2), 2), entry("good", "b", blocks_of("t4", 10), 3)});
  EXPECT_EQ(decisions[0].verdict, Verdict::kRefuse);
  EXPECT_EQ(decisions[0].refusal, placement::RefusalKind::kNotEver);
  EXPECT_EQ(code(decisions[0]), "placement.unknown_model");
  EXPECT_EQ(code(decisions[1]), "placement.too_many_cards");
  EXPECT_EQ(decisions[2].verdict, Verdict::kStart);
}

TEST(Decide, F14_OnesOwnCeilingHoldsUpNobodyElse) {
  DecideCase one{room(1, 2), {}};
  one.running = {running(one.rows, 0, "old", "a", 60)};
  one.limits.any_account.gpu = base::MilliGpu::blocks(100);
  const auto decisions =
      one.decide({entry("more", "a", blocks_of("t4", 50), 1), entry("other", "b", blocks_of("t4", 90), 2)});
  EXPECT_EQ(code(decisions[0]), "queue.ceiling");
  EXPECT_EQ(number(decisions[0], "used"), 60);
  EXPECT_EQ(number(decisions[0], "asked"), 50);
  EXPECT_EQ(number(decisions[0], "limit"), 100);
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart);
}

TEST(Decide, F14_OverTheCeilingAloneIsNotAllowed) {
  DecideCase one{room(1, 2), {}};
  one.limits.any_account.gpu = base::MilliGpu::blocks(40);
  const auto decisions = one.decide({entry("more", "a", blocks_of("t4", 50))});
  EXPECT_EQ(decisions[0].verdict, Verdict::kRefuse);
  EXPECT_EQ(decisions[0].refusal, placement::RefusalKind::kNotAllowed);
  EXPECT_EQ(code(decisions[0]), "queue.over_ceiling");
}

TEST(Decide, TheAllocationIsACeilingOverAllThatRunsAtOnce) {
  DecideCase one{room(1, 2), {}};
  model::ResourceAmount limit;
  limit.blocks = 80;
  limit.cpu_cores = 4;
  one.limits.allocations[model::AllocationId("allocation-a")].ceiling = ceiling_of(limit);
  const auto decisions =
      one.decide({entry("r1", "a", blocks_of("t4", 50), 1), entry("r2", "a", blocks_of("t4", 50), 2),
                  entry("r3", "a", blocks_of("t4", 30), 3)});
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(code(decisions[1]), "queue.ceiling");
  EXPECT_EQ(std::get<std::string>(*decisions[1].reason->find("scope")), "allocation");
  EXPECT_EQ(decisions[2].verdict, Verdict::kStart) << "what fits under the ceiling goes on";
}

TEST(Decide, AnAllocationThatDoesNotRunWaitsOrIsRefused) {
  DecideCase one{room(1, 1), {}};
  auto& a = one.limits.allocations[model::AllocationId("allocation-a")];
  a.state = model::AllocationState::kSuspended;
  EXPECT_EQ(code(one.decide({entry("r", "a", blocks_of("t4", 1))})[0]), "queue.allocation_not_active");
  a.state = model::AllocationState::kEnded;
  EXPECT_EQ(one.decide({entry("r", "a", blocks_of("t4", 1))})[0].verdict, Verdict::kRefuse);
  a.state = model::AllocationState::kActive;
  a.model = "a100-40gb";
  EXPECT_EQ(code(one.decide({entry("r", "a", blocks_of("t4", 1))})[0]), "queue.model_not_allocated");
  EXPECT_EQ(code(one.decide({entry("r", "nobody", blocks_of("t4", 1))})[0]), "queue.allocation_not_active");
}

TEST(Decide, WhatIsHeldStandsAside) {
  DecideCase one{room(1, 1), {}};
  Entry held = entry("held", "a", blocks_of("t4", 100), 1);
  held.held_by = "operator";
  const auto decisions = one.decide({held, entry("next", "b", blocks_of("t4", 100), 2)});
  EXPECT_EQ(code(decisions[0]), "queue.held");
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart);
}

TEST(Decide, ANodeThatIsOutIsTheReason) {
  DecideCase one{room(1, 1), {}};
  one.rows.nodes[0].state = model::NodeState::kLost;
  EXPECT_EQ(code(one.decide({entry("r", "a", blocks_of("t4", 1))})[0]), "placement.node_unavailable");
}

TEST(Decide, P5_SaysWhen) {
  DecideCase full{room(1, 1), {}};
  full.running = {running(full.rows, 0, "o1", "c", 50, at(10)), running(full.rows, 0, "o2", "c", 50, at(30))};
  Entry first = entry("first", "a", blocks_of("t4", 40), 1);
  first.time_limit = base::Span::minutes(60);
  Entry second = entry("second", "b", blocks_of("t4", 60), 2);
  second.time_limit = base::Span::minutes(5);
  const auto decisions = full.decide({first, second, entry("third", "b", blocks_of("t4", 100), 3)});
  EXPECT_EQ(decisions[0].estimated_start, at(10));
  EXPECT_EQ(decisions[1].estimated_start, at(30));
  EXPECT_EQ(decisions[2].estimated_start, at(70));
}

TEST(Decide, P5_SaysNothingAboutWhenWhereNothingHasALimit) {
  DecideCase full{room(1, 1), {}};
  full.running = {running(full.rows, 0, "o1", "c", 100)};
  EXPECT_EQ(full.decide({entry("r", "a", blocks_of("t4", 1))})[0].estimated_start, std::nullopt);
}

// A run that outlives its limit would otherwise move everybody's estimate with each look at the queue.
TEST(Decide, P5_SaysNothingAboutWhenWhereALimitHasPassed) {
  DecideCase full{room(1, 1), {}};
  full.running = {running(full.rows, 0, "o1", "c", 100, at(0))};
  EXPECT_EQ(full.decide({entry("r", "a", blocks_of("t4", 1))})[0].estimated_start, std::nullopt);
}

TEST(Decide, P5_TheOwnCeilingHasAWhenToo) {
  DecideCase one{room(1, 2), {}};
  one.running = {running(one.rows, 0, "old", "a", 60, at(15))};
  one.limits.any_account.gpu = base::MilliGpu::blocks(100);
  EXPECT_EQ(one.decide({entry("more", "a", blocks_of("t4", 50))})[0].estimated_start, at(15));
}

TEST(Decide, BackfillOvertakesOnlyWhereItDelaysNobody) {
  DecideCase full{room(1, 1), {}};
  full.rules.backfill = true;
  full.running = {running(full.rows, 0, "old", "c", 70, at(30))};
  const Entry big = entry("big", "a", blocks_of("t4", 80), 1);
  Entry small = entry("small", "b", blocks_of("t4", 30), 2);
  EXPECT_EQ(full.decide({big, small})[1].verdict, Verdict::kWait) << "without a limit it might stay";
  small.time_limit = base::Span::minutes(31);
  EXPECT_EQ(full.decide({big, small})[1].verdict, Verdict::kWait);
  small.time_limit = base::Span::minutes(30);
  const auto decisions = full.decide({big, small});
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart);
  EXPECT_EQ(decisions[0].estimated_start, at(30));
  full.rules.backfill = false;
  EXPECT_EQ(full.decide({big, small})[1].verdict, Verdict::kWait);
}

// What an earlier decision promised holds, and comes forward where there is room before.
TEST(Decide, P5_APromiseIsKeptAndComesForward) {
  DecideCase full{room(1, 1), {}};
  full.running = {running(full.rows, 0, "old", "c", 100, at(30))};
  Entry first = entry("first", "a", blocks_of("t4", 100), 1);
  first.time_limit = base::Span::minutes(60);
  const auto decisions = full.decide({first});
  ASSERT_TRUE(decisions[0].promise);
  EXPECT_EQ(decisions[0].promise->start, at(30));
  ASSERT_EQ(decisions[0].promise->replicas.size(), 1U);
  EXPECT_EQ(decisions[0].promise->replicas[0].shares[0].card_id.text, "SIM-n1-0");
  first.promise = decisions[0].promise;
  Entry earlier = entry("earlier", "b", blocks_of("t4", 100), 0);
  earlier.time_limit = base::Span::minutes(60);
  const auto then = full.decide({first, earlier});
  EXPECT_EQ(then[0].run_id.text, "earlier");
  EXPECT_EQ(then[0].promise->start, at(90)) << "though it stands before: what is promised is promised";
  EXPECT_EQ(then[1].promise->start, at(30));
  full.running.clear();
  full.rows.shares.clear();
  EXPECT_EQ(full.decide({first})[0].verdict, Verdict::kStart) << "before its time";
}

// Who stops to start elsewhere has his new place kept, though he has not come yet.
TEST(Decide, APlaceIsKeptForWhoStopsToGoThere) {
  DecideCase two{room(1, 2), {}};
  two.running = {running(two.rows, 0, "leaving", "c", 60), running(two.rows, 1, "stays", "c", 60)};
  const Entry other = entry("other", "a", blocks_of("t4", 40), 1);
  two.running[0].stopping = true;
  placement::PlannedReplica there{0, two.rows.nodes[0].id, 0, {}, {{two.rows.cards[1].id, {}, {}}}};
  two.running[0].goes_to = Destination{blocks_of("t4", 40), {there}, {}};
  const auto decisions = two.decide({other, entry("more", "a", blocks_of("t4", 40), 2)});
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(decisions[0].plan->replicas[0].shares[0].card_id, two.rows.cards[0].id) << "beside who leaves";
  EXPECT_EQ(decisions[1].verdict, Verdict::kWait) << "the other place is kept";
  two.running[0].goes_to.reset();
  EXPECT_EQ(two.decide({other, entry("more", "a", blocks_of("t4", 40), 2)})[1].verdict, Verdict::kStart);
}

// Who was promised cards by now waits for those that are stopping there, and nobody else gets them; not for
// ever, and not for those that go on.
TEST(Decide, P5_WhoWasPromisedCardsWaitsForThoseThatLeaveThem) {
  DecideCase two{room(1, 2), {}};
  two.running = {running(two.rows, 0, "leaving", "c", 60), running(two.rows, 1, "stays", "c", 10)};
  two.running[0].stopping = true;
  Entry comes = entry("comes", "a", blocks_of("t4", 50), 2);
  placement::PlannedReplica there{0, two.rows.nodes[0].id, 0, {}, {{two.rows.cards[0].id, {}, {}}}};
  comes.promise = Promise{at(-1), {there}};
  const Entry first = entry("first", "b", blocks_of("t4", 40), 1);
  const auto decisions = two.decide({first, comes});
  EXPECT_EQ(decisions[0].plan->replicas[0].shares[0].card_id, two.rows.cards[1].id);
  EXPECT_EQ(code(decisions[1]), "queue.cards_not_left");
  EXPECT_EQ(decisions[1].promise, comes.promise) << "it does not go to the other card, which has room";
  DecideCase left = two;
  left.running.erase(left.running.begin());
  left.rows.shares.erase(left.rows.shares.begin());
  const auto then = left.decide({first, comes});
  ASSERT_EQ(then[1].verdict, Verdict::kStart);
  EXPECT_EQ(then[1].plan->replicas[0].shares[0].card_id, two.rows.cards[0].id);
  two.running[0].stopping = false;
  EXPECT_NE(code(two.decide({comes})[0]), "queue.cards_not_left");
  two.running[0].stopping = true;
  comes.promise->start = at(-6);
  EXPECT_NE(code(two.decide({comes})[0]), "queue.cards_not_left") << "its patience is over";
}

// Who raises an entry takes back what those behind it were promised (F13).
TEST(Decide, F13_WhoIsRaisedStandsBeforeWhatWasPromised) {
  DecideCase full{room(1, 1), {}};
  full.running = {running(full.rows, 0, "old", "c", 100, at(30))};
  Entry first = entry("first", "a", blocks_of("t4", 100), 1);
  Entry raised = entry("raised", "b", blocks_of("t4", 100), 2);
  first.time_limit = raised.time_limit = base::Span::minutes(60);
  const auto before = full.decide({first, raised});
  EXPECT_EQ(before[0].estimated_start, at(30));
  EXPECT_EQ(before[1].estimated_start, at(90));
  raised.promise = before[1].promise;
  raised.priority = 1;
  const auto after = full.decide({first, raised});
  EXPECT_EQ(after[0].run_id.text, "raised");
  EXPECT_EQ(after[0].estimated_start, at(30));
  EXPECT_EQ(after[1].estimated_start, at(90));
}

TEST(Decide, WhatIsFreeAndPromisedToOthersIsReserved) {
  DecideCase two{room(1, 2), {}};
  two.rules.backfill = true;
  two.running = {running(two.rows, 0, "old", "c", 100, at(30))};
  Entry large = entry("large", "a", cards_of("t4", 2), 1);
  large.time_limit = base::Span::minutes(60);
  auto any = cards_of("t4", 1);
  any.pool = "";
  Entry small = entry("small", "b", any, 2);
  small.time_limit = base::Span::minutes(60);
  const auto decisions = two.decide({large, small});
  EXPECT_EQ(code(decisions[0]), "placement.no_cards");
  EXPECT_EQ(code(decisions[1]), "queue.reserved");
  EXPECT_EQ(decisions[1].estimated_start, at(90));
}

TEST(Decide, P39_AGangStaysBelowOneLeaf) {
  DecideCase four{room(4, 1), {}};
  for (std::size_t i = 0; i < 4; ++i) four.rows.nodes[i].fabric_leaf = i % 2 == 0 ? "leaf-b" : "leaf-a";
  auto request = blocks_of("t4", 100);
  request.replicas = 2;
  const auto decisions = four.decide({entry("gang", "a", request, 1), entry("next", "b", request, 2)});
  ASSERT_EQ(decisions[1].verdict, Verdict::kStart);
  const auto nodes = [](const Decision& decision) {
    return decision.plan->replicas[0].node_id.text + " " + decision.plan->replicas[1].node_id.text;
  };
  EXPECT_EQ(nodes(decisions[0]), "node-n2 node-n4");
  EXPECT_EQ(nodes(decisions[1]), "node-n1 node-n3");
}

TEST(Decide, SharesDecideWhoIsNext) {
  DecideCase one{room(1, 1), {}};
  one.rules.fair_share = true;
  one.rules.shares.used = {{model::AccountId("a"), 1'000'000}};
  one.running = {running(one.rows, 0, "old", "c", 100, at(30))};
  std::vector<Entry> entries{entry("r1", "a", blocks_of("t4", 100), 1),
                             entry("r2", "a", blocks_of("t4", 100), 2),
                             entry("r3", "b", blocks_of("t4", 100), 3)};
  for (Entry& each : entries) each.time_limit = base::Span::minutes(10);
  const auto decisions = one.decide(entries);
  EXPECT_EQ(decisions[0].run_id.text, "r3") << "who has used nothing";
  EXPECT_EQ(decisions[0].estimated_start, at(30));
  EXPECT_EQ(decisions[1].run_id.text, "r1");
  EXPECT_EQ(decisions[2].position, 3);
}

TEST(Decide, AGangWaitsWhole) {
  DecideCase two{room(2, 1), {}};
  two.running = {running(two.rows, 0, "old", "c", 10)};
  auto request = blocks_of("t4", 100);
  request.replicas = 2;
  const auto decisions = two.decide({entry("gang", "a", request)});
  EXPECT_EQ(code(decisions[0]), "placement.gang_incomplete");
  EXPECT_FALSE(decisions[0].plan.has_value());
}

}  // namespace
}  // namespace dure::queue
