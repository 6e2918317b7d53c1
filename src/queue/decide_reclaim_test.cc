// decide() where an allocation's preemptible runs hold what others are given.
#include <gtest/gtest.h>

#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::Cluster;
using placement::room;
using placement::Rows;

// Two cards; "a" and "b" are given one each, and may borrow another.
struct ReclaimingCentre {
  Rows rows = room(1, 2);
  std::vector<Running> running;
  Limits limits = limits_for({"a", "b"});
  Rules rules{.backfill = true};

  ReclaimingCentre() {
    for (auto& [id, limit] : limits.allocations) {
      limit.ceiling.gpu = base::MilliGpu::cards(1);
      limit.borrow_percent = 100;
    }
  }
  void run(const std::string& id, const std::string& account, std::size_t card, std::int64_t minutes_ago) {
    Running made = queue::running(rows, card, id, account, 100);
    made.preemptible = true;
    made.began = at(-minutes_ago);
    running.push_back(made);
  }
  Entry ask(const std::string& id, const std::string& account, bool preemptible,
            std::int64_t blocks = 100) const {
    Entry made = entry(id, account, blocks_of("t4", blocks), 1);
    made.preemptible = preemptible;
    return made;
  }
  std::vector<Decision> decide(const std::vector<Entry>& entries, base::Instant now = kNow) const {
    return queue::decide(entries, running, Cluster::from_rows(rows), limits, rules, now);
  }
};

TEST(DecideReclaim, P5_WhatIsPreemptibleMayGoBeyondItsAllocation) {
  ReclaimingCentre centre;
  const auto decisions = centre.decide(
      {centre.ask("a1", "a", true), centre.ask("a2", "a", true), centre.ask("a3", "a", true, 10)});
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart);
  EXPECT_EQ(code(decisions[2]), "queue.ceiling") << "200 blocks are the most";
  EXPECT_EQ(std::get<std::int64_t>(*decisions[2].reason->find("limit")), 200);
}

TEST(DecideReclaim, P5_WhatIsNotPreemptibleStaysWithinIt) {
  ReclaimingCentre centre;
  auto decisions = centre.decide({centre.ask("a1", "a", false), centre.ask("a2", "a", false, 10)});
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(code(decisions[1]), "queue.ceiling");
  EXPECT_EQ(std::get<std::int64_t>(*decisions[1].reason->find("limit")), 100);
  for (auto& [id, limit] : centre.limits.allocations) limit.borrow_percent = 0;
  decisions = centre.decide({centre.ask("a1", "a", true), centre.ask("a2", "a", true, 10)});
  EXPECT_EQ(code(decisions[1]), "queue.ceiling") << "no more than before, where nothing may be borrowed";
}

// The same picture round after round, as dured has it: a stop, then a run that is stopping.
TEST(DecideReclaim, P5_TheOneWithTheLeastLostWorkIsStoppedOnceAndItsCardsArePromised) {
  ReclaimingCentre centre;
  centre.run("old", "a", 0, 60);
  centre.run("new", "a", 1, 30);
  centre.running[0].checkpoint_at = at(-5);
  Entry asks = centre.ask("b1", "b", false);
  auto decisions = centre.decide({asks});
  ASSERT_EQ(decisions.size(), 2U);
  EXPECT_EQ(decisions[1].verdict, Verdict::kStop);
  EXPECT_EQ(decisions[1].run_id.text, "new") << "what was started last is what is borrowed";
  EXPECT_EQ(code(decisions[1]), "queue.reclaimed");
  EXPECT_EQ(std::get<std::int64_t>(*decisions[1].reason->find("blocks")), 100);
  ASSERT_TRUE(decisions[0].promise);
  EXPECT_EQ(decisions[0].promise->start, kNow + centre.rules.stop_grace);

  asks.promise = decisions[0].promise;
  centre.running[1].stopping = true;
  centre.running[1].ends_by = kNow + centre.rules.stop_grace;
  const base::Instant later = kNow + base::Span::seconds(20);
  Entry third = centre.ask("a3", "a", true);  // a borrower that came before
  third.queued_at = base::Instant{};
  decisions = centre.decide({third, asks}, later);
  ASSERT_EQ(decisions.size(), 2U) << "nobody is stopped twice, nobody else beside";
  EXPECT_EQ(decisions[1].promise, asks.promise) << "and nobody else gets the cards";

  ReclaimingCentre over;
  over.run("old", "a", 0, 60);
  decisions = over.decide({third, asks}, later);
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart) << "once it has ended";
  EXPECT_EQ(decisions[0].verdict, Verdict::kWait);
}

TEST(DecideReclaim, P5_OfTwoThatAreBorrowedTheCheckpointDecides) {
  ReclaimingCentre centre;
  for (auto& [id, limit] : centre.limits.allocations) limit.borrow_percent = 1000;
  centre.limits.allocations[model::AllocationId("allocation-a")].ceiling.gpu = base::MilliGpu{};
  centre.run("old", "a", 0, 60);
  centre.run("new", "a", 1, 30);
  centre.running[0].checkpoint_at = at(-5);
  const auto decisions = centre.decide({centre.ask("b1", "b", false)});
  ASSERT_EQ(decisions.size(), 2U);
  EXPECT_EQ(decisions[1].run_id.text, "old");
}

TEST(DecideReclaim, P5_OnlyWhatIsPreemptibleAndHasRunLongEnoughIsStopped) {
  ReclaimingCentre centre;
  centre.run("old", "a", 0, 9);
  centre.run("new", "a", 1, 9);
  const Entry asks = centre.ask("b1", "b", false);
  EXPECT_EQ(centre.decide({asks}).size(), 1U);
  EXPECT_EQ(centre.decide({asks}, at(1)).size(), 2U) << "ten minutes";
  for (Running& run : centre.running) run.preemptible = false;
  EXPECT_EQ(centre.decide({asks}, at(1)).size(), 1U);
}

TEST(DecideReclaim, P5_WhatStartsInADecisionIsNotStoppedByIt) {
  ReclaimingCentre centre;
  centre.rules.least_run = {};
  centre.rows = room(1, 3);
  centre.run("old", "a", 0, 0);
  centre.running[0].preemptible = false;
  Entry both = entry("b1", "b", placement::cards_of("t4", 2), 2);
  centre.limits.allocations[model::AllocationId("allocation-b")].ceiling.gpu = base::MilliGpu::cards(2);
  const auto decisions = centre.decide({centre.ask("a2", "a", true), both});
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(decisions.size(), 2U);
}

TEST(DecideReclaim, P5_WhoAsksBeyondItsOwnAllocationStopsNobody) {
  ReclaimingCentre centre;
  centre.limits.allocations[model::AllocationId("allocation-b")].ceiling.gpu = base::MilliGpu::blocks(90);
  centre.run("old", "a", 0, 60);
  centre.run("new", "a", 1, 30);
  EXPECT_EQ(centre.decide({centre.ask("b1", "b", true)}).size(), 1U) << "it would borrow";
  EXPECT_EQ(centre.decide({centre.ask("b1", "b", true, 90)}).size(), 2U);
}

TEST(Rules, WhatIsBorrowedIsWholeBlocksOfAllThatIsGiven) {
  Ceiling given;
  given.gpu = base::MilliGpu::blocks(25);
  given.cpu_milli = 1'000;
  const Ceiling most = with_borrowed(given, 50);
  EXPECT_EQ(most.gpu, base::MilliGpu::blocks(37));
  EXPECT_EQ(most.cpu_milli, 1'500);
  EXPECT_FALSE(most.runs || most.memory);
  EXPECT_EQ(with_borrowed(given, 0), given);
}

}  // namespace
}  // namespace dure::queue
