#include "simulate/replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "simulate/limits.h"

namespace dure::simulate {
namespace {

constexpr std::int64_t kForGood = -1;  // as a limit: none

// A job of whole cards, in minutes; its limit is how long it runs where none is told.
Job job(std::int64_t submitted, std::int64_t run, std::int64_t cards, std::int64_t limit = 0) {
  Job made;
  made.submitted = base::Instant{} + base::Span::minutes(submitted);
  made.run_time = base::Span::minutes(run);
  made.cards = cards;
  made.milli_gpu = cards > 0 ? 1000 : 0;
  if (limit != kForGood) made.time_limit = base::Span::minutes(limit == 0 ? run : limit);
  return made;
}

using Named = std::pair<std::string, Job>;
JobTrace trace_of(const std::vector<Named>& jobs) {
  JobRows rows;
  for (const auto& [tenant, each] : jobs) rows.add(each, tenant);
  return std::move(rows).take();
}

// So many of them, the i-th as `each` makes it.
template <class Each>
JobTrace trace_of_many(std::int64_t count, const Each& each) {
  std::vector<Named> jobs;
  jobs.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) jobs.push_back(each(i));
  return trace_of(jobs);
}

ReplaySetting setting_of(bool backfill, bool fair_share, std::vector<std::int64_t> nodes,
                         std::int64_t cards_per_node = 8) {
  ReplaySetting setting;
  setting.queue.backfill = backfill;
  setting.queue.fair_share = fair_share;
  setting.nodes = std::move(nodes);
  setting.cards_per_node = cards_per_node;
  return setting;
}
ReplaySetting fifo(std::vector<std::int64_t> nodes, std::int64_t cards = 8) {
  return setting_of(false, false, std::move(nodes), cards);
}
ReplaySetting backfill(std::vector<std::int64_t> nodes, std::int64_t cards = 8) {
  return setting_of(true, false, std::move(nodes), cards);
}
ReplaySetting fair_share(std::vector<std::int64_t> nodes, std::int64_t cards = 8) {
  return setting_of(true, true, std::move(nodes), cards);
}

std::int64_t minute(base::Instant at) {
  return at.us / base::Span::minutes(1).us;
}
// The minutes in which the jobs started, in the order of the trace.
std::vector<std::int64_t> starts(const JobTrace& trace, const ReplaySetting& setting) {
  std::vector<std::int64_t> minutes;
  for (const Outcome& outcome : replay(trace, setting).outcomes) minutes.push_back(minute(outcome.started));
  return minutes;
}
using Minutes = std::vector<std::int64_t>;

TEST(Replay, NothingIsNothing) {
  const Replayed replayed = replay({}, fifo({}));
  EXPECT_TRUE(replayed.outcomes.empty());
  EXPECT_EQ(replayed.too_large, 0);
}

TEST(Replay, WithoutBackfillNobodyOvertakes) {
  const auto trace = trace_of({{"a", job(0, 60, 6)}, {"a", job(1, 60, 8)}, {"a", job(2, 30, 2)}});
  EXPECT_EQ(starts(trace, fifo({1})), (Minutes{0, 60, 120}));
}

TEST(Replay, BackfillUsesWhatWouldLieIdle) {
  const auto trace = trace_of({{"a", job(0, 60, 6)}, {"a", job(1, 60, 8)}, {"a", job(2, 30, 2)}});
  EXPECT_EQ(starts(trace, backfill({1})), (Minutes{0, 60, 2}));
}

TEST(Replay, BackfillDelaysNoPromise) {
  const auto trace = trace_of({{"a", job(0, 60, 6)}, {"a", job(1, 60, 8)}, {"a", job(2, 30, 2, 90)}});
  EXPECT_EQ(starts(trace, backfill({1})), (Minutes{0, 60, 120})) << "it may run for 90 minutes";
}

TEST(Replay, APromiseIsBroughtForward) {
  const auto trace = trace_of({{"a", job(0, 60, 6, 600)}, {"a", job(1, 60, 8)}});
  EXPECT_EQ(starts(trace, backfill({1})), (Minutes{0, 60}));
  EXPECT_EQ(starts(trace, fifo({1})), (Minutes{0, 60}));
}

TEST(Replay, AJobIsStoppedAtItsLimit) {
  const auto trace = trace_of({{"a", job(0, 60, 8, 20)}, {"a", job(1, 5, 8)}});
  const Replayed replayed = replay(trace, fifo({1}));
  EXPECT_EQ(minute(replayed.outcomes[0].ended), 20);
  EXPECT_EQ(minute(replayed.outcomes[1].started), 20);
  EXPECT_EQ(minute(replayed.outcomes[1].ended), 25);
}

// The heavy tenant comes first with ten jobs for two cards, the light one a minute later with one.
TEST(Replay, FairShareLetsTheLightTenantIn) {
  const auto trace = trace_of_many(11, [](std::int64_t i) {
    return i < 10 ? Named("heavy", job(0, 60, 1)) : Named("light", job(1, 60, 1));
  });
  ASSERT_EQ(trace.tenants, (std::vector<std::string>{"heavy", "light"}));
  EXPECT_EQ(starts(trace, backfill({1, 1}, 1)).back(), 300);
  ReplaySetting fair = fair_share({1, 1}, 1);
  fair.queue.promises = 1;
  EXPECT_EQ(starts(trace, fair), (Minutes{0, 0, 60, 120, 120, 180, 180, 240, 240, 300, 60}))
      << "one of heavy's was promised the other card at 60 before light came";
}

TEST(Replay, AShareIsWhatWasBrought) {
  // Both ask for far more than there is; one brought three of four cards.
  const auto trace =
      trace_of_many(80, [](std::int64_t i) { return Named(i % 2 == 0 ? "large" : "small", job(0, 60, 1)); });
  ReplaySetting fair = fair_share({3, 1}, 1);
  fair.queue.promises = 1;
  std::map<std::size_t, int> begun;
  for (const Outcome& outcome : replay(trace, fair).outcomes)
    if (minute(outcome.started) < 600) ++begun[outcome.tenant];
  EXPECT_NEAR(begun[0], 30, 1);
  EXPECT_NEAR(begun[1], 10, 1);
}

TEST(Replay, AGangHasEqualPartsOnSeveralNodes) {
  const auto whole = trace_of({{"a", job(0, 60, 2)}, {"a", job(1, 10, 16)}});
  EXPECT_EQ(starts(whole, backfill({2})), (Minutes{0, 60})) << "two nodes, whole ones";
  const auto parts = trace_of({{"a", job(0, 60, 2)}, {"a", job(1, 10, 12)}});
  EXPECT_EQ(starts(parts, backfill({2})), (Minutes{0, 1})) << "two parts of six, beside the two";
  const auto crowded = trace_of({{"a", job(0, 60, 3)}, {"a", job(1, 10, 12)}});
  EXPECT_EQ(starts(crowded, backfill({2})), (Minutes{0, 60})) << "beside three there are not six";
  const auto odd = trace_of({{"a", job(0, 60, 3)}, {"a", job(1, 10, 13)}});
  EXPECT_EQ(starts(odd, backfill({2})), (Minutes{0, 1})) << "thirteen of one each";
}

TEST(Replay, PoolsOfTheirOwnLieIdleBesideAQueue) {
  const auto trace =
      trace_of({{"a", job(0, 60, 8)}, {"a", job(1, 60, 8)}, {"b", job(100, 60, 8)}, {"b", job(101, 60, 8)}});
  ReplaySetting setting = backfill({1, 1});
  EXPECT_EQ(starts(trace, setting), (Minutes{0, 1, 100, 101}));
  setting.shared = false;
  EXPECT_EQ(starts(trace, setting), (Minutes{0, 60, 100, 160}));
}

TEST(Replay, WhatNoEmptyClusterHoldsIsCountedAndLeftOut) {
  const auto trace = trace_of({{"a", job(0, 60, 24)}, {"a", job(1, 60, 16)}, {"b", job(2, 60, 8)}});
  ReplaySetting setting = fifo({1, 1});
  Replayed replayed = replay(trace, setting);
  EXPECT_EQ(replayed.too_large, 1);
  ASSERT_EQ(replayed.outcomes.size(), 2U);
  EXPECT_EQ(minute(replayed.outcomes[0].started), 1) << "it holds nobody up";
  setting.shared = false;
  replayed = replay(trace, setting);
  EXPECT_EQ(replayed.too_large, 2);
  ASSERT_EQ(replayed.outcomes.size(), 1U);
  EXPECT_EQ(replayed.outcomes[0].tenant, 1U);
}

TEST(Replay, WithoutALimitAheadNobodyIsPromisedAStart) {
  const auto trace = trace_of({{"a", job(0, 60, 8, kForGood)}, {"a", job(1, 10, 8)}, {"a", job(2, 10, 8)}});
  const Replayed replayed = replay(trace, backfill({1}));
  ASSERT_EQ(replayed.outcomes.size(), 3U);
  EXPECT_EQ(minute(replayed.outcomes[1].started), 60);
  EXPECT_EQ(minute(replayed.outcomes[2].started), 70);
  // At 1 one waits, at 2 two, and nobody is promised anything; at 60 the crowded is.
  EXPECT_EQ(replayed.first_ones, 4);
  EXPECT_EQ(replayed.promised, 1);
}

TEST(Replay, FailedRunsStartAnewAndBreakPromises) {
  const auto trace = trace_of_many(
      200, [](std::int64_t i) { return Named(i % 2 == 0 ? "b" : "a", job(i * 20, 300, 1 + i % 8)); });
  ReplaySetting setting = backfill({3, 3});
  const Replayed calm = replay(trace, setting);
  EXPECT_EQ(calm.restarts + calm.broken + calm.broken_by_failures, 0);
  setting.failures = {7, 2, base::Span::minutes(240)};
  const Replayed rough = replay(trace, setting);
  EXPECT_EQ(rough.outcomes.size(), trace.jobs.size());
  EXPECT_GT(rough.restarts, 0);
  EXPECT_GT(rough.broken_by_failures, 0);
  EXPECT_EQ(rough.broken, 0);
  for (const Outcome& outcome : rough.outcomes)
    EXPECT_EQ(minute(outcome.ended) - minute(outcome.started), 300);
}

TEST(Replay, ProgressIsTold) {
  const auto trace = trace_of_many(2'500, [](std::int64_t i) { return Named("a", job(i, 1, 1)); });
  std::vector<std::size_t> told;
  replay(trace, fifo({1}), [&](std::size_t over, std::size_t all) {
    EXPECT_EQ(all, 2'500U);
    told.push_back(over);
  });
  EXPECT_EQ(told.size(), 2U);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
}

// ---- Random traces --------------------------------------------------------------------------------------

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(last - first + 1));
  }

  // Each limit is at least the run time; `exactly`: is the run time, and nothing is smaller than a card.
  JobTrace trace(std::int64_t tenants, std::int64_t most_cards, bool exactly) {
    std::vector<Named> jobs;
    const std::int64_t last = from(0, 600);
    for (auto count = from(1, 40); count > 0; --count) {
      const std::int64_t run = from(exactly ? 1 : 0, 120);
      Job made = job(from(0, last), run, from(exactly ? 1 : 0, most_cards));
      made.time_limit = base::Span::minutes(exactly ? run : std::max<std::int64_t>(1, run * from(1, 4)));
      if (!exactly && made.cards == 1) made.milli_gpu = from(1, 1000);
      jobs.emplace_back(std::string(1, static_cast<char>('a' + from(0, tenants - 1))), made);
    }
    return trace_of(jobs);
  }
  ReplaySetting setting(std::size_t tenants) {
    ReplaySetting made = setting_of(from(0, 2) > 0, from(0, 1) > 0, {}, from(1, 8));
    for (std::size_t i = 0; i < tenants; ++i) made.nodes.push_back(from(1, 3));
    made.queue.promises = from(1, 25);
    made.shared = from(0, 1) > 0;
    if (from(0, 2) == 0)
      made.failures = {static_cast<std::uint64_t>(from(0, 1'000)), 1, base::Span::minutes(from(1, 300))};
    return made;
  }

 private:
  std::mt19937_64 random_;
};

// At every instant what runs is within what there is: all that start and end, in the order of time.
void expect_no_card_twice(const std::vector<Outcome>& outcomes, std::int64_t milli_gpu) {
  std::vector<std::pair<base::Instant, std::int64_t>> changes;  // what ends comes first: it is negative
  for (const Outcome& outcome : outcomes) {
    if (outcome.started == outcome.ended) continue;
    changes.emplace_back(outcome.started, outcome.milli_gpu);
    changes.emplace_back(outcome.ended, -outcome.milli_gpu);
  }
  std::sort(changes.begin(), changes.end());
  std::int64_t running = 0;
  for (const auto& [at, change] : changes) {
    running += change;
    ASSERT_LE(running, milli_gpu) << minute(at);
  }
  ASSERT_EQ(running, 0);
}

void expect_sound(const JobTrace& trace, const ReplaySetting& setting, const Replayed& replayed) {
  ASSERT_EQ(replayed.outcomes.size() + static_cast<std::size_t>(replayed.too_large), trace.jobs.size());
  std::int64_t all = 0;
  for (std::size_t tenant = 0; tenant < trace.tenants.size(); ++tenant) {
    const std::int64_t own = setting.nodes[tenant] * setting.cards_per_node * 1000;
    all += own;
    if (setting.shared) continue;
    std::vector<Outcome> of;
    std::copy_if(replayed.outcomes.begin(), replayed.outcomes.end(), std::back_inserter(of),
                 [&](const Outcome& outcome) { return outcome.tenant == tenant; });
    expect_no_card_twice(of, own);
  }
  expect_no_card_twice(replayed.outcomes, all);
  ASSERT_EQ(replayed.broken, 0);
  if (setting.failures.days_between > 0) return;
  ASSERT_EQ(replayed.restarts + replayed.broken_by_failures, 0);
  ASSERT_EQ(replayed.promised, replayed.first_ones) << "all have limits";
}

// Each outcome beside its job, in the order of both: what is too large has none.
void expect_as_submitted(const JobTrace& trace, const ReplaySetting& setting, const Replayed& replayed) {
  std::size_t next = 0;
  std::map<std::pair<std::size_t, bool>, base::Instant> latest;  // start, by tenant (or 0) and cards or none
  for (const Job& job : trace.jobs) {
    if (next == replayed.outcomes.size()) break;
    const Outcome& outcome = replayed.outcomes[next];
    const bool its = outcome.submitted == job.submitted && outcome.tenant == job.tenant &&
                     outcome.milli_gpu == job.total_milli_gpu() &&
                     outcome.ended - outcome.started == job.run_time;
    if (!its) continue;
    ++next;
    ASSERT_GE(outcome.started, job.submitted);
    if (setting.failures.days_between > 0) continue;
    if (job.cards == 0) {
      ASSERT_EQ(outcome.started, job.submitted) << "asks for nothing that is scarce";
    }
    if (setting.queue.backfill || setting.queue.fair_share) continue;
    base::Instant& last = latest[{setting.shared ? 0 : job.tenant, job.cards > 0}];
    ASSERT_GE(outcome.started, last) << "nobody overtakes";
    last = outcome.started;
  }
  ASSERT_EQ(next, replayed.outcomes.size());
}

bool same(const std::vector<Outcome>& all, const std::vector<Outcome>& others) {
  return std::equal(all.begin(), all.end(), others.begin(), others.end(),
                    [](const Outcome& a, const Outcome& b) {
                      return a.tenant == b.tenant && a.submitted == b.submitted && a.started == b.started &&
                             a.ended == b.ended && a.milli_gpu == b.milli_gpu;
                    });
}

TEST(Replay, RandomTracesEndWithNoCardTwiceAndNoPromiseBroken) {
  std::int64_t restarts = 0, too_large = 0, waited = 0;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    SCOPED_TRACE(seed);
    Maker maker(seed);
    const JobTrace trace = maker.trace(3, 20, false);
    const ReplaySetting setting = maker.setting(trace.tenants.size());
    const Replayed replayed = replay(trace, setting);
    expect_sound(trace, setting, replayed);
    expect_as_submitted(trace, setting, replayed);
    if (::testing::Test::HasFatalFailure()) return;
    const Replayed again = replay(trace, setting);
    ASSERT_TRUE(same(again.outcomes, replayed.outcomes));
    ASSERT_EQ(again.events, replayed.events);
    restarts += replayed.restarts;
    too_large += replayed.too_large;
    waited += replayed.first_ones;
  }
  EXPECT_GT(restarts, 200) << "else the failures prove nothing";
  EXPECT_GT(too_large, 200);
  EXPECT_GT(waited, 10'000);
}

// First come, first served on one node, by hand: a job starts when it has come, those before it have
// started, and enough cards are free.
std::vector<base::Instant> naive_fifo(const JobTrace& trace, std::size_t tenant, std::int64_t cards) {
  std::vector<base::Instant> free(static_cast<std::size_t>(cards));  // when each card is
  std::vector<base::Instant> starts;
  base::Instant last{INT64_MIN};
  for (const Job& job : trace.jobs) {
    if (job.tenant != tenant || job.cards > cards) continue;
    std::sort(free.begin(), free.end());
    const auto taken = free.begin() + job.cards;
    last = std::max({last, job.submitted, *(taken - 1)});
    std::fill(free.begin(), taken, last + std::min(job.run_time, *job.time_limit));
    starts.push_back(last);
  }
  return starts;
}

// Where limits are exact, or only the head is promised a start: a promise of later ones holds nobody up.
TEST(Replay, RandomTracesOnOneNodeEachAreFirstComeFirstServed) {
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    SCOPED_TRACE(seed);
    Maker maker(seed);
    const std::int64_t cards = maker.from(1, 8);
    JobTrace trace = maker.trace(2, cards, true);
    ReplaySetting setting = fifo(std::vector<std::int64_t>(trace.tenants.size(), 1), cards);
    setting.shared = false;
    setting.queue.promises = maker.from(1, 25);
    if (seed % 2 == 0) {
      setting.queue.promises = 1;
      for (Job& job : trace.jobs) job.time_limit = base::Span::minutes(maker.from(1, 400));
    }
    const Replayed replayed = replay(trace, setting);
    for (std::size_t tenant = 0; tenant < trace.tenants.size(); ++tenant) {
      std::vector<base::Instant> got;
      for (const Outcome& outcome : replayed.outcomes)
        if (outcome.tenant == tenant) got.push_back(outcome.started);
      ASSERT_EQ(got, naive_fifo(trace, tenant, cards));
    }
  }
}

// Whose jobs are all of one card is overtaken by none: there is nothing to fill.
TEST(Replay, RandomTracesOfOneCardLeaveNothingToBackfill) {
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    SCOPED_TRACE(seed);
    Maker maker(seed);
    const JobTrace trace = maker.trace(2, 1, true);
    const std::vector<std::int64_t> nodes(trace.tenants.size(), 2);
    ReplaySetting plain = fifo(nodes, 2), filled = backfill(nodes, 2), fair = fair_share(nodes, 2);
    const Replayed replayed = replay(trace, plain);
    ASSERT_TRUE(same(replay(trace, filled).outcomes, replayed.outcomes));
    for (ReplaySetting* setting : {&plain, &filled, &fair}) setting->shared = false;
    const Replayed apart = replay(trace, plain);
    ASSERT_TRUE(same(replay(trace, filled).outcomes, apart.outcomes));
    ASSERT_TRUE(same(replay(trace, fair).outcomes, apart.outcomes)) << "a share alone in its pool";
  }
}

}  // namespace
}  // namespace dure::simulate
