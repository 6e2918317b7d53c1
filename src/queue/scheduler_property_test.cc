// What must hold in any life of the scheduler: entries come and end, machines fail, priorities change.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "queue/scheduler_fixture.h"

namespace dure::queue {
namespace {

constexpr int kSchedulerLives = 1'500;
constexpr int kStepsOfLife = 100;

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : random_(seed),
        fails_(from(0, 1) == 0),
        setting_(draw_setting()),
        clock_(draw_slots(), draw_ceilings(), setting_) {}

  void live() {
    for (std::size_t owner = 1; owner <= 3; ++owner)
      if (setting_.reclaim && from(0, 3) > 0)
        clock_.scheduler.guarantee(owner, base::MilliGpu{from(0, 40) * 100});
    for (int step = 0; step < kStepsOfLife && !::testing::Test::HasFatalFailure(); ++step) {
      something_happens();
      cycle();
      const std::int64_t next = clock_.minute + from(0, 6);
      advance(next);
    }
    broken = clock_.scheduler.counts().failed;
    EXPECT_TRUE(fails_ || broken == 0) << "no machine failed";
    EXPECT_EQ(clock_.scheduler.counts().broken, 0) << "and all was over in time";
  }

  std::string log;
  std::int64_t starts = 0, promises = 0, early = 0, broken = 0, ceilings = 0, stops = 0, behind = 0;

 private:
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(last - first + 1));
  }
  Setting draw_setting() {
    Setting setting;
    setting.fair_share = from(0, 2) == 0;
    setting.backfill = from(0, 2) > 0;
    setting.promises = from(0, 4);
    setting.tries = from(1, 10);
    setting.reclaim = from(0, 2) == 0;
    setting.least_run = base::Span::minutes(from(0, 20));
    if (from(0, 1) == 0) setting.ageing = base::Span::minutes(from(10, 60));
    return setting;
  }
  std::vector<placement::Slot> draw_slots() {
    return placement::machines([&](std::int64_t a, std::int64_t b) { return from(a, b); });
  }
  std::vector<std::int64_t> draw_ceilings() {
    return {0, from(0, 1) == 0 ? 0 : from(5, 30) * 100, from(0, 2) == 0 ? from(5, 15) * 100 : 0};
  }
  Job draw_job() {
    const auto kind = from(0, 9);
    placement::Shape shape =
        kind < 5 ? placement::part(from(1, 9) * 100, from(0, 3)) : placement::whole(from(1, 3), from(0, 6));
    if (kind == 9) shape = {from(1, 8) * 1000, 0, 0, 0, 0};
    if (kind < 9 && from(0, 2) > 0) shape.models = static_cast<std::uint64_t>(from(1, 3));
    Job made = job(static_cast<std::size_t>(from(1, 3)), shape, from(0, 7) == 0 ? 0 : from(1, 60),
                   from(0, 4) == 0 ? from(2, 3) : 1);
    made.apart = from(0, 3) == 0;
    made.priority = from(0, 9) == 0 ? from(-1, 1) : 0;
    made.preemptible = from(0, 2) > 0;
    made.held = from(0, 19) == 0;
    if (from(0, 14) == 0) made.not_before = at(clock_.minute + from(1, 20));
    return made;
  }

  void something_happens() {
    const auto dice = from(0, 19);
    if (dice <= 12) {
      const Handle entry = clock_.submit(draw_job());
      known_.insert(entry);
      promised_.erase(entry);
    } else if (dice <= 14 && !known_.empty()) {
      end(*std::next(known_.begin(), from(0, static_cast<std::int64_t>(known_.size()) - 1)));
    } else if (dice == 15 && fails_) {
      const auto slot = static_cast<std::size_t>(
          from(0, static_cast<std::int64_t>(clock_.scheduler.forest().slots().size()) - 1));
      clock_.scheduler.set_service(slot, !clock_.scheduler.forest().in_service(slot), at(clock_.minute));
    } else if (dice == 16 && !known_.empty()) {
      const Handle entry = *known_.begin();
      if (!clock_.runs(entry)) change(entry, [&] { clock_.scheduler.hold(entry, from(0, 1) == 0); });
    } else if (dice == 17 && !known_.empty()) {
      const Handle entry = *known_.rbegin();
      if (!clock_.runs(entry)) change(entry, [&] { clock_.scheduler.set_priority(entry, from(-1, 1)); });
    } else if (dice == 18 && fails_) {
      const auto slot = static_cast<std::size_t>(
          from(0, static_cast<std::int64_t>(clock_.scheduler.forest().slots().size()) - 1));
      const auto begins = clock_.minute + from(1, 40);
      maintenance_ = true;
      clock_.scheduler.plan_maintenance(slot, at(begins), at(begins + from(1, 30)));
    }
  }

  // By an operator: what it was promised before counts no more.
  template <class Change>
  void change(Handle entry, const Change& by) {
    by();
    if (!clock_.scheduler.promised_start(entry)) promised_.erase(entry);
  }

  void end(Handle entry) {
    clock_.end(entry);
    known_.erase(entry);
    stopping_.erase(entry);
    ends_.erase(entry);
    promised_.erase(entry);
  }

  // Everything ends at its limit, or before.
  void advance(std::int64_t until) {
    while (true) {
      std::int64_t next = until + 1;
      for (const auto& [entry, minute] : ends_) next = std::min(next, minute);
      if (const auto look = clock_.scheduler.next_look())
        next = std::min(next, (look->us - kNow.us) / 60'000'000);
      if (next > until) break;
      clock_.minute = std::max(clock_.minute, next);
      std::vector<Handle> over;
      for (const auto& [entry, minute] : ends_)
        if (minute <= clock_.minute) over.push_back(entry);
      for (const Handle entry : over) end(entry);
      cycle();
    }
    clock_.minute = until;
  }

  void cycle() {
    const auto actions = clock_.cycle();
    stopped_now_.clear();
    for (const Action& action : actions)
      if (action.kind == ActionKind::kStop) stopped_now_.push_back(action);
    for (const Action& action : actions) take(action);
    check();
    // Where shares decide, a start in one lane changes who is first in another; that is seen a minute later.
    if (!actions.empty()) acted_ = clock_.minute;
    if (!setting_.fair_share || acted_ < clock_.minute) check_first();
    if (!setting_.fair_share && setting_.backfill && !maintenance_) check_behind();
  }

  void take(const Action& action) {
    log += std::to_string(static_cast<int>(action.kind)) + " " + std::to_string(action.entry) + " " +
           std::to_string(action.start.us) + ";";
    const Job& job = clock_.scheduler.job(action.entry);
    switch (action.kind) {
      case ActionKind::kStart: {
        ++starts;
        ASSERT_EQ(static_cast<std::int64_t>(action.spots.size()), job.replicas);
        std::set<std::size_t> slots;
        for (const placement::Spot& spot : action.spots) {
          EXPECT_TRUE(clock_.scheduler.forest().in_service(spot.slot));
          slots.insert(spot.slot);
        }
        EXPECT_TRUE(!job.apart || slots.size() == action.spots.size());
        if (const auto told = promised_.find(action.entry); told != promised_.end()) {
          EXPECT_LE(clock_.minute, told->second) << "a promise is never put off";
          early += clock_.minute < told->second ? 1 : 0;
          promised_.erase(told);
        }
        if (job.time_limit < placement::kForever)
          ends_[action.entry] =
              clock_.minute + std::max<std::int64_t>(1, from(1, job.time_limit.us / 60'000'000));
        break;
      }
      case ActionKind::kPromise: {
        ++promises;
        const auto minute = (action.start.us - kNow.us) / 60'000'000;
        EXPECT_GE(minute, clock_.minute);
        if (const auto told = promised_.find(action.entry); told != promised_.end()) {
          EXPECT_LT(minute, told->second);
        }
        promised_[action.entry] = minute;
        break;
      }
      case ActionKind::kStop: {
        ++stops;
        EXPECT_TRUE(setting_.reclaim && job.preemptible);
        EXPECT_TRUE(clock_.runs(action.entry));
        EXPECT_TRUE(stopping_.insert(action.entry).second) << "stopped once";
        const auto minute = (action.start.us - kNow.us) / 60'000'000;
        EXPECT_LE(minute, clock_.minute + 2);
        const auto known = ends_.find(action.entry);
        if (known == ends_.end() || known->second > minute)
          ends_[action.entry] = from(clock_.minute + 1, minute);
        break;
      }
      case ActionKind::kBroken:
      case ActionKind::kWithdrawn:
        promised_.erase(action.entry);
        break;
    }
  }

  static bool alike(const Job& a, const Job& b) {
    return a.owner == b.owner && a.amount == b.amount && a.shape.models == b.shape.models &&
           (a.shape.cards > 0) == (b.shape.cards > 0);
  }

  // After a cycle nothing is left undone that the rules call for.
  void check() {
    const Scheduler& scheduler = clock_.scheduler;
    std::map<std::size_t, std::int64_t> held, kept;
    std::map<LaneKey, std::int64_t> promised_in;
    for (const Handle entry : known_) {
      const Job& job = scheduler.job(entry);
      const Standing standing = scheduler.standing(entry);
      if (standing == Standing::kRunning) held[job.owner] += job.amount.gpu.value;
      if (standing == Standing::kRunning && !stopping_.contains(entry))
        kept[job.owner] += job.amount.gpu.value;
      if (standing == Standing::kCeiling) {
        ++ceilings;
        Amount with_its_like = job.amount;  // that wait for room before it
        for (const Handle other : known_)
          if (scheduler.standing(other) == Standing::kBehind && alike(scheduler.job(other), job))
            with_its_like = with_its_like + job.amount;
        EXPECT_TRUE(scheduler.quotas().binding(job.owner, with_its_like)) << "the reason given is one";
      }
      EXPECT_TRUE(standing != Standing::kPaused || job.not_before > at(clock_.minute));
      EXPECT_TRUE(standing != Standing::kHeld || job.held);
      if (standing == Standing::kPromised) {
        EXPECT_GT(*scheduler.promised_start(entry), at(clock_.minute));
        ++promised_in[{job.shape.pool, job.shape.models, job.shape.cards > 0}];
      }
    }
    // Who takes something back is promised it beside the first of the lane.
    for (const auto& [lane, count] : promised_in)
      EXPECT_TRUE(count <= setting_.promises || (setting_.reclaim && stops > 0));
    for (const Action& action : stopped_now_) {
      const std::size_t owner = scheduler.job(action.entry).owner;
      const auto guaranteed = scheduler.quotas().guaranteed(owner).value_or(base::MilliGpu{});
      EXPECT_GE(kept[owner], guaranteed.value) << "no tenant is left with less than its guarantee";
    }
    for (const auto& [owner, milli_gpu] : held) {
      const auto ceiling = scheduler.quotas().ceiling(owner).gpu;
      EXPECT_TRUE(!ceiling || milli_gpu <= ceiling->value);
    }
  }

  // Of those behind the promises nobody could start on a machine where nothing is promised.
  void check_behind() {
    const Scheduler& scheduler = clock_.scheduler;
    std::set<std::size_t> promised;
    for (const Handle entry : known_)
      if (scheduler.promised_start(entry))
        for (const placement::Spot& spot : scheduler.spots(entry)) promised.insert(spot.slot);
    std::map<LaneKey, std::int64_t> given, tries;
    for (const Handle entry : scheduler.order()) {
      const Job& job = scheduler.job(entry);
      const LaneKey lane{job.shape.pool, job.shape.models, job.shape.cards > 0, job.shape.pools};
      if (scheduler.promised_start(entry)) {
        ++given[lane];
        continue;
      }
      // One without a known start holds up those behind it.
      if (given[lane] < setting_.promises || ++tries[lane] > setting_.tries) continue;
      if (job.replicas > 1 || setting_.promises == 0) continue;
      ++behind;
      EXPECT_FALSE(scheduler.forest().find_where(job.shape,
                                                 [&](std::size_t slot) { return !promised.contains(slot); }))
          << "entry " << entry << ", " << words();
    }
  }

  std::string words() const {
    return std::string(setting_.fair_share ? "fair share" : "first come") +
           (setting_.backfill ? ", backfill, " : ", ") + std::to_string(setting_.promises) +
           " promises, minute " + std::to_string(clock_.minute);
  }

  // Whoever is first in a lane without promises, and would fit, has started.
  void check_first() {
    const Scheduler& scheduler = clock_.scheduler;
    std::set<LaneKey> seen;
    for (const Handle entry : scheduler.order()) {
      const Job& job = scheduler.job(entry);
      if (!seen.insert({job.shape.pool, job.shape.models, job.shape.cards > 0}).second) continue;
      if (scheduler.counts().promised > 0 || job.replicas > 1 || maintenance_) continue;
      EXPECT_FALSE(scheduler.forest().find(job.shape))
          << "nothing stands in the way of entry " << entry << ", " << words();
    }
  }

  std::mt19937_64 random_;
  bool fails_;  // now and then
  Setting setting_;
  Clockwork clock_;
  std::set<Handle> known_;
  std::map<Handle, std::int64_t> ends_, promised_;  // minutes
  std::int64_t acted_ = -1;
  std::set<Handle> stopping_;
  std::vector<Action> stopped_now_;
  bool maintenance_ = false;  // was ever planned
};

TEST(SchedulerProperty, P5_F13_F14_WhatIsPromisedIsKeptAndNothingIsLeftUndone) {
  std::int64_t starts = 0, promises = 0, early = 0, broken = 0, ceilings = 0, stops = 0, behind = 0;
  for (int i = 0; i < kSchedulerLives; ++i) {
    SCOPED_TRACE("life " + std::to_string(i));
    Life life(static_cast<std::uint64_t>(i) + 1);
    life.live();
    ASSERT_FALSE(::testing::Test::HasFailure());
    stops += life.stops;
    behind += life.behind;
    starts += life.starts, promises += life.promises, early += life.early, broken += life.broken;
    ceilings += life.ceilings;
    if (i % 10 > 0) continue;
    Life again(static_cast<std::uint64_t>(i) + 1);
    again.live();
    ASSERT_EQ(again.log, life.log) << "the same life twice";
  }
  EXPECT_GT(starts, kSchedulerLives * 10);
  EXPECT_GT(promises, kSchedulerLives * 5);
  EXPECT_GT(early, kSchedulerLives);
  EXPECT_GT(broken, kSchedulerLives / 10);
  EXPECT_GT(ceilings, kSchedulerLives);
  EXPECT_GT(stops, kSchedulerLives / 12);
  EXPECT_GT(behind, kSchedulerLives / 3);
}

}  // namespace
}  // namespace dure::queue
