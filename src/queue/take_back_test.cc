// Reclaim: who stands behind borrowers, what those were promised, tenants that are allocations, and that no
// two stop each other by turns.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "queue/scheduler_fixture.h"

namespace dure::queue {
namespace {

using placement::machine;
using placement::part;
using placement::whole;

TEST(TakeBack, P5_WhoIsWithinItsGuaranteeNeedNotStandBeforeTheBorrowers) {
  Clockwork clock({machine(1, 32)}, {0, 0}, {.promises = 1, .reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  const Handle first = clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  for (int i = 0; i < 3; ++i) clock.submit(preemptible(job(1, whole(1))));
  clock.cycle();
  clock.minute = 20;
  const Handle owner = clock.submit(job(2, whole(1)));
  const auto stopped = stops(clock.cycle());
  ASSERT_EQ(stopped.size(), 1U);
  EXPECT_EQ(stopped[0].entry, first);
  EXPECT_EQ(stopped[0].asker, owner);
  EXPECT_EQ(clock.promised(owner), 22);
  clock.minute = 21;
  clock.end(first);
  clock.cycle();
  EXPECT_TRUE(clock.runs(owner));
}

TEST(TakeBack, P5_WhatABorrowerWasPromisedIsInNobodysWay) {
  Clockwork clock({machine(1, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  clock.submit(preemptible(job(1, whole(1), 30)));
  clock.cycle();
  const Handle borrower = clock.submit(preemptible(job(1, whole(1), 30)));
  clock.cycle();
  EXPECT_EQ(clock.promised(borrower), 30);
  clock.minute = 20;
  const Handle owner = clock.submit(job(2, whole(1), 60));
  EXPECT_EQ(stops(clock.cycle()).size(), 1U);
  EXPECT_EQ(clock.promised(owner), 22);
  EXPECT_EQ(clock.promised(borrower), 82) << "after it";
  EXPECT_EQ(clock.scheduler.counts().withdrawn, 1);
}

// Both of a tenant that is guaranteed one card ask: what the first was promised counts for the second.
TEST(TakeBack, P5_WhatIsPromisedWithinTheGuaranteeUsesItUp) {
  Clockwork clock({machine(2, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  for (int i = 0; i < 2; ++i) clock.submit(preemptible(job(1, whole(1), 600)));
  clock.cycle();
  clock.minute = 20;
  for (int i = 0; i < 2; ++i) clock.submit(preemptible(job(2, whole(1), 60)));
  EXPECT_EQ(stops(clock.cycle()).size(), 1U);
  clock.minute = 21;
  EXPECT_TRUE(stops(clock.cycle()).empty());
}

// Owner 3 is an allocation, 4 below it what is not preemptible.
TEST(TakeBack, P5_TheAllocationIsTheTenantWhoeverAsks) {
  Owners owners({0, 0, 0});
  owners.quotas.add(3);
  owners.shares.add(3, 1);
  owners.quotas.guarantee(3, base::MilliGpu::cards(1));
  Scheduler scheduler(placement::Forest({machine(2, 32)}), owners.quotas, owners.shares, {.reclaim = true});
  Job other = preemptible(job(1, whole(1), 600));
  const Handle a = scheduler.submit(other);
  scheduler.submit(other);
  scheduler.cycle(at(0));
  Job asks = job(2, whole(1), 60);
  asks.also = 4;
  asks.queued_at = at(20);
  scheduler.submit(asks);
  const auto stopped = stops(scheduler.cycle(at(20)));
  ASSERT_EQ(stopped.size(), 1U);
  scheduler.end(stopped[0].entry, at(21));
  scheduler.cycle(at(21));
  EXPECT_EQ(scheduler.quotas().held(3).gpu, base::MilliGpu::cards(1));
  EXPECT_EQ(scheduler.quotas().held(4).gpu, base::MilliGpu::cards(1));
  EXPECT_EQ(scheduler.quotas().held(Quotas::kRoot).gpu, base::MilliGpu::cards(2));
  asks.queued_at = at(40);
  scheduler.submit(asks);
  EXPECT_TRUE(stops(scheduler.cycle(at(40))).empty()) << "a second is beyond it";
  EXPECT_EQ(scheduler.standing(a) == Standing::kRunning || stopped[0].entry == a, true);
}

TEST(TakeBack, WhatStopsAlreadyIsKnownToTheNextScheduler) {
  Clockwork clock({machine(1, 32)}, {0, 0}, {.reclaim = true});
  clock.scheduler.guarantee(2, base::MilliGpu::cards(1));
  placement::Forest forest({machine(1, 32)});
  const placement::Spot spot{0, 1};
  forest.take(whole(1), spot);
  Owners owners({0, 0});
  Scheduler scheduler(std::move(forest), owners.quotas, owners.shares, {.reclaim = true}, at(30));
  scheduler.guarantee(2, base::MilliGpu::cards(1));
  const Handle run = scheduler.adopt(preemptible(job(1, whole(1))), {spot}, at(30), at(31));
  scheduler.recall(run, {.began = at(0), .checkpoint = at(25), .stopping = true});
  const Handle owner = scheduler.submit(job(2, whole(1), 60));
  EXPECT_TRUE(stops(scheduler.cycle(at(30))).empty()) << "not twice";
  EXPECT_EQ(scheduler.promised_start(owner), at(31));
}

// Books kept beside the scheduler, from what it says alone.
class Tenants {
 public:
  explicit Tenants(std::uint64_t seed)
      : random_(seed),
        limits_(seed % 2 == 0),
        clock_({machine(from(1, 4), 64), machine(from(1, 3), 64)}, {0, 0, 0}, setting()) {
    for (std::size_t owner = 1; owner <= 3; ++owner) {
      guaranteed_[owner] = from(0, 3) * 1000;
      clock_.scheduler.guarantee(owner, base::MilliGpu{guaranteed_[owner]});
    }
  }

  // What is stopped waits again at its old place. What has a limit ends by itself; in every second life
  // nothing does.
  void live(int rounds, bool arrivals) {
    for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) {
      clock_.minute += from(0, 6);
      end_what_is_over();
      for (const Handle run : std::exchange(stopping_, {})) queue_again(run);
      if (arrivals && from(0, 1) == 0) arrive();
      for (const Action& action : clock_.cycle()) note(action);
    }
  }

  std::int64_t groups = 0, least_asked = 1'000'000, last_stop_minute = -1, withdrawn = 0, ended = 0;
  std::int64_t minute() const { return clock_.minute; }
  std::int64_t guaranteed() const { return guaranteed_.at(1) + guaranteed_.at(2) + guaranteed_.at(3); }

 private:
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(last - first + 1));
  }
  Setting setting() {
    return {.backfill = from(0, 2) > 0,
            .promises = from(1, 4),
            .tries = from(1, 10),
            .reclaim = true,
            .least_run = base::Span::minutes(from(0, 20))};
  }
  void arrive() {
    Job made =
        job(static_cast<std::size_t>(from(1, 3)),
            from(0, 1) == 0 ? part(from(1, 9) * 100, 1) : whole(from(1, 2), 1), 0, from(0, 5) == 0 ? 2 : 1);
    if (limits_ && from(0, 3) > 0) made.time_limit = base::Span::minutes(from(10, 120));
    made.preemptible = from(0, 3) > 0;
    least_asked = std::min(least_asked, made.amount.gpu.value);
    clock_.submit(made);
  }
  void end_what_is_over() {
    for (auto run = ends_.begin(); run != ends_.end();) {
      if (run->second > clock_.minute) {
        ++run;
        continue;
      }
      if (std::erase(stopping_, run->first) == 0) held_[tenant(run->first)] -= gpu(run->first);
      ended += gpu(run->first);
      clock_.end(run->first);
      run = ends_.erase(run);
    }
  }
  void queue_again(Handle run) {
    const Job again = clock_.scheduler.job(run);
    clock_.end(run);
    ends_.erase(run);
    clock_.scheduler.submit(again);
  }
  std::int64_t gpu(Handle entry) const { return clock_.scheduler.job(entry).amount.gpu.value; }
  std::size_t tenant(Handle entry) const { return clock_.scheduler.job(entry).owner; }
  void note(const Action& action) {
    if (action.kind == ActionKind::kStart) {
      held_[tenant(action.entry)] += gpu(action.entry);
      const base::Span limit = clock_.scheduler.job(action.entry).time_limit;
      if (limit < placement::kForever) ends_[action.entry] = clock_.minute + limit.us / 60'000'000;
    }
    if (action.kind == ActionKind::kWithdrawn) ++withdrawn;
    if (action.kind != ActionKind::kStop) return;
    const Job& run = clock_.scheduler.job(action.entry);
    EXPECT_TRUE(run.preemptible);
    EXPECT_NE(run.owner, tenant(action.asker));
    held_[run.owner] -= run.amount.gpu.value;
    EXPECT_GE(held_[run.owner], guaranteed_[run.owner]) << "only what is borrowed";
    EXPECT_LE(held_[tenant(action.asker)] + gpu(action.asker), guaranteed_[tenant(action.asker)])
        << "only for who is within its own";
    stopping_.push_back(action.entry);
    if (group_ != std::pair(action.asker, clock_.minute)) ++groups;
    group_ = {action.asker, clock_.minute};
    last_stop_minute = clock_.minute;
  }

  std::mt19937_64 random_;
  bool limits_;
  std::map<Handle, std::int64_t> ends_;  // minutes
  std::map<std::size_t, std::int64_t> guaranteed_, held_;
  Clockwork clock_;
  std::vector<Handle> stopping_;
  std::pair<Handle, std::int64_t> group_{0, -1};
};

TEST(TakeBackProperty, P5_NobodyStopsAnybodyByTurns) {
  std::int64_t groups = 0, withdrawn = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Tenants tenants(seed);
    tenants.live(200, true);
    tenants.live(60, false);
    const std::int64_t quiet = tenants.minute();
    tenants.live(60, false);
    EXPECT_TRUE(seed % 2 == 0 || tenants.last_stop_minute < quiet) << "it comes to rest";
    EXPECT_LE(tenants.groups * tenants.least_asked, tenants.guaranteed() + tenants.ended)
        << "each brings what is guaranteed nearer";
    ASSERT_FALSE(::testing::Test::HasFailure());
    groups += tenants.groups;
    withdrawn += tenants.withdrawn;
  }
  EXPECT_GT(groups, 200);
  EXPECT_GT(withdrawn, 20);
}

}  // namespace
}  // namespace dure::queue
