// Reclaim beside closures, promises and ends that are near: whom it stops where the board of now is not the
// whole of it.
#include <gtest/gtest.h>

#include <random>

#include "queue/scheduler_fixture.h"

namespace dure::queue {
namespace {

using placement::machine;
using placement::whole;

// Owner 2 is guaranteed one card; machine 0 is idle and closed.
class TakeBackBesideAClosure : public ::testing::Test {
 protected:
  Clockwork clock{{machine(1, 32), machine(1, 32)}, {0, 0}, {.reclaim = true}};
  Handle run = 0;
  void SetUp() override { clock.scheduler.guarantee(2, base::MilliGpu::cards(1)); }
  void close(std::int64_t from, std::int64_t until, placement::Heed heed = placement::Heed::kAll) {
    clock.scheduler.plan_maintenance(0, at(from), at(until), heed);
    run = clock.submit(preemptible(job(1, whole(1), 600)));
    clock.cycle();
    ASSERT_EQ(clock.scheduler.spots(run)[0].slot, 1U);
    clock.minute = 20;
  }
};

TEST_F(TakeBackBesideAClosure, P5_AnIdleMachineThatIsClosedIsNoRoom) {
  close(0, 1000);
  const Handle owner = clock.submit(job(2, whole(1), 60));
  const auto stopped = stops(clock.cycle());
  ASSERT_EQ(stopped.size(), 1U);
  EXPECT_EQ(stopped[0].entry, run);
  EXPECT_EQ(clock.promised(owner), 22);
}

TEST_F(TakeBackBesideAClosure, P5_OneThatClosesBeforeItsEndNeither) {
  close(70, 1000);
  clock.submit(job(2, whole(1), 60));
  EXPECT_EQ(stops(clock.cycle()).size(), 1U);
}

TEST_F(TakeBackBesideAClosure, P5_WhoseEndComesBeforeStopsNobody) {
  close(82, 1000);
  const Handle owner = clock.submit(job(2, whole(1), 60));
  EXPECT_TRUE(stops(clock.cycle()).empty());
  EXPECT_TRUE(clock.runs(owner));
}

TEST_F(TakeBackBesideAClosure, P5_WhatHasNoLimitDoesNotHeedWhatIsFarAhead) {
  close(500, 1000, placement::Heed::kWhatEnds);
  const Handle owner = clock.submit(job(2, whole(1)));
  EXPECT_TRUE(stops(clock.cycle()).empty());
  EXPECT_TRUE(clock.runs(owner));
}

// The run that would lose less stands where the asker could not start.
TEST(TakeBackClosed, P5_AVictimOnAClosedMachineIsPassedOver) {
  Clockwork clock({machine(1, 32), machine(1, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  const Handle dear = clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  clock.minute = 5;
  const Handle cheap = clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  clock.scheduler.plan_maintenance(clock.scheduler.spots(cheap)[0].slot, at(40), at(1000));
  clock.minute = 20;
  const Handle owner = clock.submit(job(2, whole(1), 60));
  const auto stopped = stops(clock.cycle());
  ASSERT_EQ(stopped.size(), 1U);
  EXPECT_EQ(stopped[0].entry, dear);
  EXPECT_EQ(clock.promised(owner), 22);
}

// What the cheaper one leaves is kept for somebody else.
TEST(TakeBackClosed, P5_WhereOthersArePromisedTheNextVictimIsTried) {
  Clockwork clock({machine(1, 32), machine(1, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  const Handle dear = clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  clock.minute = 5;
  const Handle cheap = clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  clock.scheduler.keep(job(1, whole(1)), clock.scheduler.spots(cheap));
  clock.minute = 20;
  clock.submit(job(2, whole(1), 60));
  const auto stopped = stops(clock.cycle());
  ASSERT_EQ(stopped.size(), 1U);
  EXPECT_EQ(stopped[0].entry, dear);
}

// One of the two that are stopped first by way of trial leaves what is kept for another; the other will do.
TEST(TakeBackClosed, P5_OfAGangOnlyTheReplicaInTheWayGoesElsewhere) {
  Clockwork clock({machine(1, 32), machine(1, 32), machine(1, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(2));
  std::vector<Handle> runs;
  for (int i = 0; i < 3; ++i) {
    runs.push_back(clock.submit(preemptible(job(1, whole(1)))));
    clock.cycle();
    ++clock.minute;
  }
  clock.scheduler.keep(job(1, whole(1)), clock.scheduler.spots(runs[2]));
  clock.minute = 20;
  const Handle gang = clock.submit(job(2, whole(1), 60, 2));
  const auto stopped = stops(clock.cycle());
  ASSERT_EQ(stopped.size(), 2U);
  for (const Action& action : stopped) EXPECT_NE(action.entry, runs[2]);
  EXPECT_EQ(clock.promised(gang), 22);
}

TEST(TakeBackClosed, P5_AnIdleCardThatIsKeptForAnotherIsNoRoom) {
  Clockwork clock({machine(1, 32), machine(1, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  const Handle run = clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  clock.scheduler.keep(job(1, whole(1)), {{1 - clock.scheduler.spots(run)[0].slot, 1}});
  clock.minute = 20;
  clock.submit(job(2, whole(1), 60));
  const auto stopped = stops(clock.cycle());
  ASSERT_EQ(stopped.size(), 1U);
  EXPECT_EQ(stopped[0].entry, run);
}

// On the board of now two have to go; by the time they have, the third machine is free anyway.
TEST(TakeBackClosed, P5_NobodyIsStoppedForNobody) {
  Clockwork clock({machine(1, 32), machine(1, 32), machine(1, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(2));
  const Handle ends_soon = clock.submit(job(1, whole(1), 21));
  clock.cycle();
  for (int i = 0; i < 2; ++i) clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  clock.minute = 20;
  const Handle gang = clock.submit(job(2, whole(1), 60, 2));
  const auto stopped = stops(clock.cycle());
  ASSERT_EQ(stopped.size(), 1U);
  EXPECT_EQ(clock.promised(gang), 22);
  clock.minute = 21;
  clock.end(ends_soon);
  EXPECT_TRUE(stops(clock.cycle()).empty());
  clock.minute = 22;
  clock.end(stopped[0].entry);
  clock.cycle();
  EXPECT_TRUE(clock.runs(gang));
}

// Where something ends by itself in time, an asker behind the promised ones needs no stop either.
TEST(TakeBackClosed, P5_WhoseRoomComesInTimeAnywayStopsNobody) {
  Clockwork clock({machine(1, 32), machine(1, 32), machine(2, 32)}, {0, 0}, {.promises = 1, .reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  clock.submit(job(1, whole(2), 100));
  clock.cycle();
  clock.submit(job(1, whole(1), 21));
  clock.cycle();
  clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  const Handle first = clock.submit(job(1, whole(2), 60));
  clock.cycle();
  ASSERT_EQ(clock.promised(first), 100);
  clock.minute = 20;
  const Handle owner = clock.submit(job(2, whole(1), 60));
  EXPECT_TRUE(stops(clock.cycle()).empty());
  EXPECT_EQ(clock.promised(owner), 21);
}

// Machines of one card each; some hold a run, some are closed while the asker would run, at most two are kept
// for others. Looked at one by one it is plain whether somebody has to go, and who may.
TEST(TakeBackClosedProperty, P5_SomebodyIsStoppedExactlyWhereThatHelpsAndIsNeeded) {
  std::int64_t stopped_in = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto one_in = [&](std::uint64_t count) { return random() % count == 0; };
    const std::size_t machines = 2 + random() % 6;
    Clockwork clock(std::vector<placement::Slot>(machines, machine(1, 32)), {0, 0}, {.reclaim = true});
    clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
    std::map<std::size_t, Handle> run_on;
    const std::size_t runs = random() % (machines + 1);
    for (std::size_t i = 0; i < runs; ++i) {
      Job made = job(1, whole(1));
      made.preemptible = !one_in(3);
      const Handle run = clock.submit(made);
      clock.cycle();
      run_on[clock.scheduler.spots(run)[0].slot] = run;
      ++clock.minute;
    }
    clock.minute = 30;
    std::size_t kept = 0;
    bool idle = false, helps = false;
    std::map<Handle, bool> may_go;
    for (std::size_t slot = 0; slot < machines; ++slot) {
      const bool closed = one_in(3);
      const bool for_another = kept < 2 && one_in(4);
      if (closed) clock.scheduler.plan_maintenance(slot, at(40), at(60));
      if (for_another) clock.scheduler.keep(job(1, whole(1)), {{slot, 1}});
      kept += for_another ? 1 : 0;
      const bool open = !closed && !for_another;
      const auto run = run_on.find(slot);
      if (run == run_on.end()) {
        idle = idle || open;
        continue;
      }
      may_go[run->second] = open && clock.scheduler.job(run->second).preemptible;
      helps = helps || may_go[run->second];
    }
    const Handle owner = clock.submit(job(2, whole(1), 60));
    const auto stopped = stops(clock.cycle());
    ASSERT_EQ(stopped.size(), !idle && helps ? 1U : 0U);
    ASSERT_EQ(clock.runs(owner), idle);
    if (stopped.empty()) continue;
    EXPECT_TRUE(may_go.at(stopped[0].entry));
    EXPECT_EQ(clock.promised(owner), 32);
    ++stopped_in;
  }
  EXPECT_GT(stopped_in, 60);
}

}  // namespace
}  // namespace dure::queue
