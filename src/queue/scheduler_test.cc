// The scheduler's words, one by one. What must hold in any life of it is in scheduler_property_test.cc.
#include <gtest/gtest.h>

#include "queue/scheduler_fixture.h"

namespace dure::queue {
namespace {

using placement::machine;
using placement::part;
using placement::whole;

TEST(Scheduler, F8_WithoutBackfillNobodyOvertakes) {
  Clockwork clock({machine(2, 16)}, {0, 0}, {.backfill = false});
  const Handle first = clock.submit(job(1, whole(1), 60));
  const Handle large = clock.submit(job(1, whole(2), 60));
  const Handle small = clock.submit(job(2, whole(1), 5));
  clock.cycle();
  EXPECT_TRUE(clock.runs(first));
  EXPECT_FALSE(clock.runs(large));
  EXPECT_FALSE(clock.runs(small)) << "it would fit, and stands behind";
  EXPECT_EQ(clock.promised(large), 60);
  EXPECT_EQ(clock.promised(small), 120);
  clock.minute = 10;
  clock.end(first);
  clock.cycle();
  EXPECT_TRUE(clock.runs(large)) << "what ends before its limit brings all forward";
  EXPECT_EQ(clock.promised(small), 70);
}

TEST(Scheduler, P5_BackfillTakesWhatDelaysNoPromise) {
  Clockwork clock({machine(2, 16)}, {0, 0}, {});
  const Handle first = clock.submit(job(1, whole(1), 60));
  const Handle large = clock.submit(job(1, whole(2), 60));
  const Handle fits = clock.submit(job(2, whole(1), 60));
  const Handle too_long = clock.submit(job(2, whole(1), 61));
  const Handle endless = clock.submit(job(2, part(10)));
  clock.cycle();
  EXPECT_TRUE(clock.runs(first));
  EXPECT_EQ(clock.promised(large), 60);
  EXPECT_TRUE(clock.runs(fits)) << "over when the large one starts";
  EXPECT_EQ(clock.promised(too_long), 120);
  EXPECT_EQ(clock.promised(endless), 120) << "beside the other, once the large one is over";
  clock.minute = 60;
  clock.end(first);
  clock.end(fits);
  clock.cycle();
  EXPECT_TRUE(clock.runs(large));
  EXPECT_EQ(clock.scheduler.counts().broken, 0);
}

TEST(Scheduler, P5_WhereNoStartIsKnownNothingBehindOvertakes) {
  Clockwork clock({machine(2, 16)}, {0}, {});
  const Handle endless = clock.submit(job(1, whole(1)));
  const Handle large = clock.submit(job(1, whole(2), 60));
  const Handle small = clock.submit(job(1, whole(1), 5));
  clock.cycle();
  EXPECT_TRUE(clock.runs(endless));
  EXPECT_EQ(clock.promised(large), -1);
  EXPECT_FALSE(clock.runs(small));
  clock.end(large);
  clock.cycle();
  EXPECT_TRUE(clock.runs(small)) << "whoever stood in the way is gone";
}

TEST(Scheduler, F14_WhoIsAtItsCeilingStandsAside) {
  Clockwork clock({machine(2, 16)}, {1000, 0}, {.backfill = false});
  const Handle first = clock.submit(job(1, part(600), 60));
  const Handle second = clock.submit(job(1, part(500), 60));
  const Handle small = clock.submit(job(1, part(300), 60));
  const Handle other = clock.submit(job(2, part(900), 60));
  clock.cycle();
  EXPECT_TRUE(clock.runs(first));
  EXPECT_EQ(clock.scheduler.standing(second), Standing::kCeiling);
  EXPECT_EQ(clock.scheduler.ceiling_owner(second), 1U);
  EXPECT_TRUE(clock.runs(small)) << "the one at its ceiling holds up nobody";
  EXPECT_TRUE(clock.runs(other));
  clock.end(first);
  clock.cycle();
  EXPECT_TRUE(clock.runs(second));
}

TEST(Scheduler, F14_APromiseCountsForTheCeiling) {
  Clockwork clock({machine(1, 16)}, {1000, 0}, {});
  const Handle running = clock.submit(job(2, whole(1), 30));
  const Handle promised = clock.submit(job(1, part(600), 60));
  const Handle later = clock.submit(job(1, part(600), 60));
  clock.cycle();
  EXPECT_TRUE(clock.runs(running));
  EXPECT_EQ(clock.promised(promised), 30);
  EXPECT_EQ(clock.scheduler.standing(later), Standing::kCeiling);
  clock.end(promised);  // withdrawn
  clock.cycle();
  EXPECT_EQ(clock.promised(later), 30);
}

TEST(Scheduler, F13_MorePriorityStandsBefore) {
  Clockwork clock({machine(1, 16)}, {0}, {});
  const Handle running = clock.submit(job(1, whole(1), 30));
  const Handle first = clock.submit(job(1, whole(1), 30));
  clock.cycle();
  EXPECT_EQ(clock.promised(first), 30);
  const Handle raised = clock.submit(job(1, whole(1), 30));
  clock.cycle();
  EXPECT_EQ(clock.promised(raised), 60);
  clock.scheduler.set_priority(raised, 1);
  clock.cycle();
  EXPECT_EQ(clock.promised(raised), 30);
  EXPECT_EQ(clock.promised(first), 60);
  EXPECT_EQ(clock.scheduler.counts().withdrawn, 1) << "by an operator; that is no breach";
  EXPECT_EQ(clock.scheduler.counts().broken, 0);
  EXPECT_TRUE(clock.runs(running));
}

TEST(Scheduler, F14_WhoIsHeldKeepsNobodyOfItsLikeAtTheCeiling) {
  Clockwork clock({machine(1, 16)}, {1000, 0}, {.promises = 0});
  const Handle first = clock.submit(job(1, part(600), 60));
  const Handle second = clock.submit(job(1, part(600), 60));
  const Handle third = clock.submit(job(1, part(600), 60));
  clock.cycle();
  Job before = job(2, whole(1), 60);
  before.priority = 1;
  const Handle other = clock.submit(before);
  clock.end(first);
  clock.cycle();
  EXPECT_TRUE(clock.runs(other));
  EXPECT_EQ(clock.scheduler.standing(second), Standing::kBehind) << "the ceiling has room for one of the two";
  EXPECT_EQ(clock.scheduler.standing(third), Standing::kCeiling);
  clock.scheduler.hold(second, true);
  clock.cycle();
  EXPECT_EQ(clock.scheduler.standing(third), Standing::kBehind);
  clock.end(other);
  clock.cycle();
  EXPECT_TRUE(clock.runs(third));
}

TEST(Scheduler, F14_WhoIsKeptOutByAnotherCeilingLeavesItsPlaceToTheNext) {
  Clockwork clock({machine(2, 16)}, {800, 0, 0}, {});
  Ceiling of_all;
  of_all.gpu = base::MilliGpu{1000};
  clock.scheduler.set_ceiling(Quotas::kRoot, of_all);
  const Handle running = clock.submit(job(3, part(600), 60));
  clock.cycle();
  const Handle first = clock.submit(job(1, part(600), 60));
  const Handle second = clock.submit(job(2, part(600), 60));
  clock.cycle();
  const Handle small = clock.submit(job(1, part(300), 60));
  clock.cycle();
  EXPECT_TRUE(clock.runs(small));
  EXPECT_EQ(clock.scheduler.ceiling_owner(first), Quotas::kRoot);
  EXPECT_EQ(clock.scheduler.ceiling_owner(second), Quotas::kRoot);
  clock.end(running);
  clock.cycle();
  EXPECT_EQ(clock.scheduler.standing(first), Standing::kCeiling);
  EXPECT_EQ(clock.scheduler.ceiling_owner(first), 1U) << "beside the small one";
  EXPECT_TRUE(clock.runs(second));
}

TEST(Scheduler, WhatIsHeldOrPausesBlocksNobody) {
  Clockwork clock({machine(1, 16)}, {0}, {.backfill = false});
  Job held = job(1, whole(1), 30);
  held.held = true;
  const Handle kept = clock.submit(held);
  Job pausing = job(1, whole(1), 30);
  pausing.not_before = at(5);
  const Handle paused = clock.submit(pausing);
  const Handle third = clock.submit(job(1, part(500), 30));
  clock.cycle();
  EXPECT_EQ(clock.scheduler.standing(kept), Standing::kHeld);
  EXPECT_EQ(clock.scheduler.standing(paused), Standing::kPaused);
  EXPECT_TRUE(clock.runs(third));
  EXPECT_EQ(clock.scheduler.next_look(), at(5));
  clock.minute = 5;
  clock.cycle();
  EXPECT_EQ(clock.promised(paused), 30);
  clock.scheduler.hold(paused, true);
  clock.scheduler.hold(kept, false);
  clock.cycle();
  EXPECT_EQ(clock.promised(kept), 30);
  EXPECT_EQ(clock.scheduler.standing(paused), Standing::kHeld);
}

TEST(Scheduler, P26_NothingRunsIntoPlannedMaintenance) {
  Clockwork clock({machine(1, 16), machine(1, 16)}, {0}, {});
  clock.scheduler.plan_maintenance(0, at(60), at(120));
  const Handle fits = clock.submit(job(1, whole(1), 60));
  const Handle too_long = clock.submit(job(1, whole(1), 90));
  const Handle third = clock.submit(job(1, whole(1), 60));
  clock.cycle();
  EXPECT_TRUE(clock.runs(fits));
  EXPECT_TRUE(clock.runs(too_long));
  EXPECT_EQ(clock.scheduler.forest().slots()[0].whole(), 0) << "the short one before the maintenance";
  EXPECT_EQ(clock.promised(third), 90);
  clock.minute = 60;
  clock.end(fits);
  const auto said = clock.cycle();
  EXPECT_TRUE(said.empty()) << "the free machine is in maintenance";
}

TEST(Scheduler, P26_APromiseBreaksWhereItsMachineFails) {
  Clockwork clock({machine(1, 16), machine(1, 16)}, {0}, {});
  const Handle a = clock.submit(job(1, whole(1), 30));
  const Handle b = clock.submit(job(1, whole(1), 60));
  const Handle c = clock.submit(job(1, whole(1), 60));
  clock.cycle();
  EXPECT_TRUE(clock.runs(a) && clock.runs(b));
  EXPECT_EQ(clock.promised(c), 30);
  clock.scheduler.set_service(0, false, at(10));
  const auto said = clock.cycle();
  EXPECT_EQ(clock.promised(c), 60);
  EXPECT_EQ(clock.scheduler.counts().failed, 1);
  EXPECT_EQ(clock.scheduler.counts().broken, 0);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0].kind, ActionKind::kBroken);
  EXPECT_EQ(said[1].kind, ActionKind::kPromise);
}

TEST(Scheduler, APromiseBreaksWhereARunIsNotOverInTime) {
  Clockwork clock({machine(1, 16)}, {0}, {});
  const Handle a = clock.submit(job(1, whole(1), 30));
  const Handle b = clock.submit(job(1, whole(1), 30));
  clock.cycle();
  clock.minute = 30;
  clock.cycle();
  EXPECT_FALSE(clock.runs(b));
  EXPECT_EQ(clock.scheduler.counts().broken, 1);
  EXPECT_EQ(clock.promised(b), -1) << "nobody knows when the run that is late ends";
  clock.minute = 31;
  clock.end(a);
  clock.cycle();
  EXPECT_TRUE(clock.runs(b));
}

TEST(Scheduler, SharesDecideAmongEquals) {
  Clockwork clock({machine(4, 32)}, {0, 0}, {.fair_share = true});
  std::vector<Handle> of_one, of_two;
  for (int i = 0; i < 8; ++i) of_one.push_back(clock.submit(job(1, whole(1), 60)));
  for (int i = 0; i < 8; ++i) of_two.push_back(clock.submit(job(2, whole(1), 60)));
  clock.cycle();
  const auto running = [&](const std::vector<Handle>& of) {
    return std::count_if(of.begin(), of.end(), [&](Handle entry) { return clock.runs(entry); });
  };
  EXPECT_EQ(running(of_one), 2) << "though all of them came first";
  EXPECT_EQ(running(of_two), 2);
}

TEST(Scheduler, WhoHasUsedMuchWaitsAndWhoHasWaitedLongGoesAhead) {
  Clockwork clock({machine(1, 16)}, {0, 0},
                  {.fair_share = true, .promises = 0, .ageing = base::Span::minutes(100)});
  Handle last = clock.submit(job(1, whole(1), 90));
  clock.cycle();
  const Handle waits = clock.submit(job(1, whole(1), 30));
  for (clock.minute = 90; clock.minute < 100; clock.minute += 5) {
    const Handle modest = clock.submit(job(2, whole(1), 30));
    clock.end(last);
    clock.cycle();
    EXPECT_TRUE(clock.runs(modest)) << "minute " << clock.minute;
    last = modest;
  }
  clock.minute = 101;
  clock.submit(job(2, whole(1), 30));
  clock.end(last);
  clock.cycle();
  EXPECT_TRUE(clock.runs(waits)) << "for more than 100 minutes by now";
}

TEST(Scheduler, AGangStartsWholeAndItsPromiseHoldsAllOfIt) {
  Clockwork clock({machine(2, 32), machine(2, 32), machine(2, 32)}, {0}, {});
  const Handle a = clock.submit(job(1, whole(1), 20));
  const Handle gang = clock.submit(job(1, whole(2), 30, 3));
  const Handle filler = clock.submit(job(1, whole(2), 20, 2));
  const Handle late = clock.submit(job(1, whole(1), 21));
  clock.cycle();
  EXPECT_TRUE(clock.runs(a));
  EXPECT_EQ(clock.promised(gang), 20);
  EXPECT_TRUE(clock.runs(filler));
  EXPECT_EQ(clock.promised(late), 50);
  clock.minute = 20;
  clock.end(a);
  clock.end(filler);
  clock.cycle();
  EXPECT_TRUE(clock.runs(gang));
}

// Two tenants are guaranteed two cards each; the first has taken all four.
TEST(Scheduler, P5_WhoIsWithinItsGuaranteeTakesBackWhatOthersBorrow) {
  Clockwork clock({machine(4, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(1, base::MilliGpu::cards(2));
  clock.scheduler.guarantee(2, base::MilliGpu::cards(2));
  std::vector<Handle> borrowers;
  for (int i = 0; i < 4; ++i) {
    Job taken = job(1, whole(1), 600);
    taken.preemptible = true;
    borrowers.push_back(clock.submit(taken));
    clock.minute += 5;
    clock.cycle();
  }
  clock.minute = 40;
  clock.scheduler.checkpoint(borrowers[2], at(38));
  const Handle owner = clock.submit(job(2, whole(1), 60));
  const auto said = clock.cycle();
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[0].kind, ActionKind::kPromise);
  EXPECT_EQ(said[1].kind, ActionKind::kStop);
  EXPECT_EQ(said[1].entry, borrowers[2]) << "of the two that are borrowed the one that loses least";
  EXPECT_EQ(said[2].kind, ActionKind::kPromise);
  EXPECT_EQ(clock.promised(owner), 42);
  EXPECT_TRUE(clock.cycle().empty()) << "and no other is stopped beside";
  clock.minute = 41;
  clock.end(borrowers[2]);
  Job again = job(1, whole(1), 600);
  again.preemptible = true;
  const Handle back = clock.submit(again);
  clock.cycle();
  EXPECT_TRUE(clock.runs(owner));
  EXPECT_EQ(clock.scheduler.standing(back), Standing::kPromised) << "a borrower stops nobody";
  EXPECT_EQ(clock.scheduler.counts().stopped, 1);
  // Beyond the guarantee nothing is taken back; what is not preemptible stays.
  const Handle second = clock.submit(job(2, whole(1), 60));
  const Handle third = clock.submit(job(2, whole(1), 60));
  clock.cycle();
  EXPECT_EQ(clock.scheduler.counts().stopped, 2);
  EXPECT_EQ(clock.promised(second), 43);
  EXPECT_GT(clock.promised(third), 43);
}

TEST(Scheduler, WhatHasJustStartedIsNotStopped) {
  Clockwork clock({machine(1, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  Job taken = job(1, whole(1));
  taken.preemptible = true;
  clock.submit(taken);
  clock.cycle();
  clock.minute = 9;
  const Handle owner = clock.submit(job(2, whole(1), 60));
  EXPECT_TRUE(clock.cycle().empty());
  EXPECT_EQ(clock.scheduler.next_look(), at(10));
  clock.minute = 10;
  EXPECT_EQ(clock.cycle().size(), 2U) << "a stop, and a promise";
  EXPECT_EQ(clock.promised(owner), 12);
}

TEST(Scheduler, AHandleMayBeUsedAgainAfterItsEnd) {
  Clockwork clock({machine(1, 16)}, {0}, {});
  const Handle a = clock.submit(job(1, whole(1), 20));
  clock.cycle();
  clock.end(a);
  EXPECT_EQ(clock.scheduler.standing(a), Standing::kGone);
  const Handle b = clock.submit(job(1, whole(1), 20));
  EXPECT_EQ(a, b);
  clock.cycle();
  EXPECT_TRUE(clock.runs(b));
  EXPECT_EQ(clock.scheduler.counts().running, 1);
  EXPECT_EQ(clock.scheduler.counts().waiting, 0);
}

}  // namespace
}  // namespace dure::queue
