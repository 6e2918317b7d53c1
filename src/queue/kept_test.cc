// Cards that are kept for somebody who comes later stand in the books: in the quota of who waits for them,
// and in what his tenant holds.
#include <gtest/gtest.h>

#include <algorithm>

#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::Cluster;
using placement::room;
using placement::Rows;

// Three cards. "leaving" stops on the first; "comes" of account "a" was promised it by now.
struct KeptCentre {
  Rows rows = room(1, 3);
  std::vector<Running> runs;
  Limits limits = limits_for({"a", "b"});
  Rules rules{.backfill = true};

  void run(const std::string& id, std::size_t card, const std::string& account, std::int64_t minutes_ago) {
    runs.push_back(running(rows, card, id, account, 100));
    runs.back().preemptible = true;
    runs.back().began = at(-minutes_ago);
  }
  placement::PlannedReplica on(std::size_t card) const {
    return {0, rows.nodes[0].id, 0, {}, {{rows.cards[card].id, {}, {}}}};
  }
  Entry ask(const std::string& id, std::int64_t queued_s, bool preemptible = false) const {
    Entry made = entry(id, "a", blocks_of("t4", 100), queued_s);
    made.preemptible = preemptible;
    return made;
  }
  Entry comes(std::int64_t queued_s = 1) const {
    Entry made = ask("comes", queued_s);
    made.promise = Promise{at(-1), {on(0)}};
    return made;
  }
  std::vector<Decision> decide(const std::vector<Entry>& entries) const {
    return queue::decide(entries, runs, Cluster::from_rows(rows), limits, rules, kNow);
  }
};

std::int64_t count_stops(const std::vector<Decision>& decisions) {
  return std::count_if(decisions.begin(), decisions.end(),
                       [](const Decision& decision) { return decision.verdict == Verdict::kStop; });
}

TEST(Kept, P5_NobodyBehindFillsTheCeilingOfWhoWaitsForCards) {
  KeptCentre centre;
  centre.limits.any_account.gpu = base::MilliGpu::cards(1);
  centre.run("leaving", 0, "b", 60);
  centre.runs[0].stopping = true;
  const auto decisions = centre.decide({centre.comes(), centre.ask("later", 2)});
  EXPECT_EQ(code(decisions[0]), "queue.cards_not_left");
  EXPECT_EQ(code(decisions[1]), "queue.ceiling") << "though two cards are idle";
}

TEST(Kept, P5_WhoseCeilingIsFullWaitsForNoCards) {
  KeptCentre centre;
  centre.limits.any_account.gpu = base::MilliGpu::cards(1);
  centre.run("leaving", 0, "b", 60);
  centre.runs[0].stopping = true;
  centre.run("own", 1, "a", 5);
  const auto decisions = centre.decide({centre.comes()});
  EXPECT_EQ(code(decisions[0]), "queue.ceiling");
  EXPECT_FALSE(decisions[0].promise);
}

// Who stops to go elsewhere has his quota until he has stopped: it is not taken twice.
TEST(Kept, WhoGoesElsewhereFillsHisCeilingOnce) {
  KeptCentre centre;
  centre.limits.any_account.gpu = base::MilliGpu::cards(2);
  centre.run("moves", 0, "a", 60);
  centre.runs[0].stopping = true;
  centre.runs[0].goes_to = Destination{blocks_of("t4", 100), {centre.on(1)}, {}};
  const auto decisions = centre.decide({centre.ask("one", 1), centre.ask("two", 2)});
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(code(decisions[1]), "queue.ceiling");
}

// What was promised to another request than the entry's is no promise of it, and breaks nothing.
TEST(Kept, P5_CardsThatAreNotOfItsShapeAreNotKept) {
  for (const bool due : {true, false}) {
    KeptCentre centre;
    centre.run("leaving", 0, "b", 60);
    centre.runs[0].stopping = true;
    centre.run("other", 1, "b", 60);
    Entry comes = centre.comes();
    comes.promise->start = at(due ? -1 : 5);
    comes.promise->replicas[0].shares.push_back({centre.rows.cards[1].id, {}, {}});
    EXPECT_EQ(centre.decide({comes})[0].verdict, Verdict::kStart) << "on the third card";
    comes.promise->replicas[0].shares.clear();
    EXPECT_EQ(centre.decide({comes})[0].verdict, Verdict::kStart);
    comes = centre.comes();
    comes.promise->replicas.push_back(centre.on(1));
    EXPECT_EQ(centre.decide({comes})[0].verdict, Verdict::kStart) << "more replicas than it has";
  }
}

// "a" is given one card, and may borrow.
struct Borrowing : KeptCentre {
  Borrowing() {
    for (auto& [id, limit] : limits.allocations) {
      limit.ceiling.gpu = base::MilliGpu::cards(id.text == "allocation-a" ? 1 : 0);
      limit.borrow_percent = 1000;
    }
    limits.allocations[model::AllocationId("allocation-b")].ceiling.gpu = base::MilliGpu::blocks(40);
    run("leaving", 0, "b", 60);
    runs[0].stopping = true;
    run("one", 1, "b", 60);
    run("two", 2, "b", 60);
  }
};

TEST(Kept, P5_WhatIsKeptForATenantUsesUpItsGuarantee) {
  const Borrowing centre;
  EXPECT_EQ(count_stops(centre.decide({centre.ask("first", 1, true)})), 1) << "within what it is given";
  EXPECT_EQ(count_stops(centre.decide({centre.comes(), centre.ask("second", 2, true)})), 0)
      << "the first still waits for its cards";
}

TEST(Kept, P5_WhoStopsToGoElsewhereUsesItUpToo) {
  Borrowing centre;
  centre.runs[0] = running(centre.rows, 0, "moves", "a", 100);
  centre.rows.shares.erase(centre.rows.shares.begin());  // of whom it stands in for
  centre.runs[0].stopping = true;
  EXPECT_EQ(count_stops(centre.decide({centre.ask("second", 2, true)})), 1) << "it gives up what it holds";
  centre.runs[0].goes_to = Destination{blocks_of("t4", 100), {centre.on(0)}, {}};
  EXPECT_EQ(count_stops(centre.decide({centre.ask("second", 2, true)})), 0);
}

}  // namespace
}  // namespace dure::queue
