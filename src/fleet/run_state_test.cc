#include "fleet/run_state.h"

#include <gtest/gtest.h>

#include <random>

#include "fleet/replica_state.h"
#include "fleet/stamp.h"

namespace dure::fleet {
namespace {

using model::ReplicaState;
using model::RunOutcome;
using model::RunState;

constexpr base::Instant kSeenAt{10'000'000'000};

model::Observation observation(model::ObservationKind kind, std::int64_t second) {
  model::Observation made;
  made.replica_id = model::ReplicaId("r0");
  made.kind = kind;
  made.observed_at = base::Instant{} + base::Span::seconds(second);
  return made;
}
model::Observation end_with(std::int64_t second, std::optional<std::int64_t> exit_code) {
  model::Observation made = observation(model::ObservationKind::kEnded, second);
  made.exit_code = exit_code;
  return made;
}

// A run with replicas r0, r1, … in a state.
RunFacts facts(RunState state, int replicas, ReplicaState replica_state = ReplicaState::kAssigned) {
  RunFacts made;
  made.run.id = model::RunId("run");
  made.run.state = state;
  made.run.queued_at = base::Instant{5};
  made.now = kSeenAt;
  for (int i = 0; i < replicas; ++i) {
    model::Replica replica;
    replica.id = model::ReplicaId("r" + std::to_string(i));
    replica.node_id = model::NodeId("n" + std::to_string(i));
    replica.number = i;
    replica.state = replica_state;
    if (replica_state != ReplicaState::kAssigned) replica.started_at = kSeenAt - base::Span::seconds(60 - i);
    made.replicas.push_back(replica);
  }
  if (state == RunState::kRunning) {
    made.run.started_at = kSeenAt - base::Span::seconds(60);
    made.length = base::Span::seconds(60);
  }
  return made;
}

void end_replica(model::Replica& replica, std::optional<std::int64_t> exit_code) {
  replica.state = ReplicaState::kEnded;
  replica.ended_at = kSeenAt - base::Span::seconds(1);
  replica.exit_code = exit_code;
  replica.lost = !exit_code.has_value();
}

// The facts after the step, for a further one.
RunFacts after(const RunFacts& before, const RunStep& step) {
  RunFacts next = before;
  next.run = step.run;
  next.replicas = step.replicas;
  return next;
}

TEST(RunState, RunsOnceAllReplicasHaveStarted) {
  RunFacts gang = facts(RunState::kAssigned, 2);
  gang.replicas[0].state = ReplicaState::kRunning;
  gang.replicas[0].started_at = base::Instant{100};
  EXPECT_FALSE(advance(gang).changed);
  gang.replicas[1].state = ReplicaState::kRunning;
  gang.replicas[1].started_at = base::Instant{200};
  const RunStep step = advance(gang);
  EXPECT_EQ(step.run.state, RunState::kRunning);
  EXPECT_EQ(step.run.started_at, base::Instant{200});
  EXPECT_FALSE(advance(after(gang, step)).changed) << "once";
}

TEST(RunState, ExitZeroSucceeds) {
  RunFacts job = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  end_replica(job.replicas[0], 0);
  const RunStep step = advance(job);
  EXPECT_EQ(step.run.state, RunState::kEnded);
  EXPECT_EQ(step.run.outcome, RunOutcome::kSucceeded);
  EXPECT_EQ(step.run.exit_code, 0);
  EXPECT_EQ(step.run.ended_at, job.replicas[0].ended_at);
  EXPECT_EQ(step.release, std::vector{job.replicas[0].id});
  EXPECT_FALSE(step.retry);
}

TEST(RunState, AFailureIsRetriedAsOftenAsAsked) {
  RunFacts job = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  end_replica(job.replicas[0], 2);
  job.wanted.max_retries = 1;
  const RunStep first = advance(job);
  EXPECT_EQ(first.run.outcome, RunOutcome::kFailed);
  EXPECT_EQ(first.run.ended_reason->code, "run.exit_code");
  EXPECT_EQ(first.run.exit_code, 2);
  EXPECT_TRUE(first.retry);
  const model::Run next = next_attempt(first.run, model::RunId("again"), kSeenAt);
  EXPECT_EQ(next.attempt, 2);
  EXPECT_EQ(next.state, RunState::kQueued);
  EXPECT_EQ(next.queued_at, kSeenAt);
  EXPECT_FALSE(next.ended_reason || next.exit_code || next.started_at || next.ended_at);
  EXPECT_EQ(next.retries, 1);
  job.run.retries = 1;
  EXPECT_FALSE(advance(job).retry);
  EXPECT_FALSE(advance(after(job, advance(job))).retry) << "an ended run is left alone";
}

TEST(RunState, LossesAndEarlierStartsUseUpNoRetry) {
  RunFacts job = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  job.wanted.max_retries = 1;
  job.run.attempt = 7;  // of starts by hand before this one, and of losses
  end_replica(job.replicas[0], std::nullopt);
  const RunStep lost = advance(job);
  EXPECT_EQ(lost.run.outcome, RunOutcome::kLost);
  const model::Run again = next_attempt(lost.run, model::RunId("again"), kSeenAt);
  EXPECT_EQ(again.attempt, 8);
  EXPECT_EQ(again.retries, 0);
  job.run.retries = again.retries;
  end_replica(job.replicas[0], 1);
  EXPECT_TRUE(advance(job).retry) << "its first failure";
}

TEST(RunState, P5_WhatIsStoppedForSomebodyElseStartsAnewInItsPlace) {
  RunFacts job = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  job.run.retries = 1;
  job.run.checkpoint_at = kSeenAt - base::Span::seconds(5);
  const auto told = preempt(job, base::Reason("queue.reclaimed").with("blocks", 100));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->run.state, RunState::kStopping);
  EXPECT_EQ(told->run.stop_requested_at, kSeenAt);
  EXPECT_EQ(told->replicas[0].desired, model::Desired::kStopped);
  RunFacts stopping = after(job, *told);
  EXPECT_FALSE(preempt(stopping, base::Reason("queue.reclaimed"))) << "once";
  end_replica(stopping.replicas[0], 143);
  const RunStep over = advance(stopping);
  EXPECT_EQ(over.run.outcome, RunOutcome::kPreempted);
  EXPECT_EQ(over.run.ended_reason->code, "queue.reclaimed");
  EXPECT_TRUE(over.retry);
  const model::Run next = next_attempt(over.run, model::RunId("again"), kSeenAt);
  EXPECT_EQ(next.queued_at, job.run.queued_at);
  EXPECT_EQ(next.retries, 1);
  EXPECT_FALSE(next.not_before || next.checkpoint_at || next.stop_requested_at);
}

TEST(RunState, WhatIsStoppedForSomebodyElseStartsNotAnewWhereNobodyWantsIt) {
  RunFacts job = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  RunFacts stopping = after(job, *preempt(job, base::Reason("queue.reclaimed")));
  end_replica(stopping.replicas[0], 143);
  stopping.wanted.desired = model::Desired::kStopped;
  EXPECT_FALSE(advance(stopping).retry);
  stopping.wanted = {.must_stop = base::Reason("run.allocation_ended")};
  EXPECT_FALSE(advance(stopping).retry);
  EXPECT_FALSE(preempt(facts(RunState::kQueued, 0), base::Reason("queue.reclaimed")));
  end_replica(job.replicas[0], 0);
  EXPECT_FALSE(preempt(job, base::Reason("queue.reclaimed"))) << "its end is known already";
}

TEST(RunState, ARetryPausesTwiceAsLongEachTime) {
  model::Run failed;
  failed.outcome = RunOutcome::kFailed;
  const RetryPause pause{base::Span::seconds(10), base::Span::seconds(60)};
  std::vector<std::int64_t> seconds;
  for (int i = 0; i < 5; ++i) {
    const model::Run next = next_attempt(failed, model::RunId("again"), kSeenAt, pause);
    seconds.push_back((*next.not_before - kSeenAt).in_seconds());
    failed.retries = next.retries;
  }
  EXPECT_EQ(seconds, (std::vector<std::int64_t>{10, 20, 40, 60, 60}));
  failed.retries = 1'000'000;
  EXPECT_EQ(next_attempt(failed, model::RunId("again"), kSeenAt, pause).not_before, kSeenAt + pause.most);
}

TEST(RunState, ALossWithTheNodeQueuesAtOnceAndOneWithoutItPauses) {
  model::Run lost;
  lost.outcome = RunOutcome::kLost;
  lost.not_before = kSeenAt - base::Span::seconds(1);
  lost.ended_reason = base::Reason("run.node_lost");
  EXPECT_FALSE(next_attempt(lost, model::RunId("again"), kSeenAt).not_before);
  lost.ended_reason = base::Reason("run.container_lost");
  EXPECT_EQ(next_attempt(lost, model::RunId("again"), kSeenAt).not_before, kSeenAt + RetryPause{}.first);
}

TEST(RunState, OutOfMemoryAndFailureToStartAreNamed) {
  RunFacts job = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  end_replica(job.replicas[0], 137);
  job.replicas[0].out_of_memory = true;
  EXPECT_EQ(advance(job).run.ended_reason->code, "run.out_of_memory");
  RunFacts image = facts(RunState::kAssigned, 1);
  end_replica(image.replicas[0], std::nullopt);
  image.replicas[0].lost = false;
  EXPECT_EQ(advance(image).run.ended_reason->code, "run.never_started");
  image.failures[image.replicas[0].id] = base::Reason("engine.image_missing");
  EXPECT_EQ(advance(image).run.ended_reason->code, "engine.image_missing");
  EXPECT_EQ(advance(image).run.outcome, RunOutcome::kFailed);
}

TEST(RunState, AStopKeepsItsCauseUntilTheEnd) {
  RunFacts workspace = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  workspace.wanted.desired = model::Desired::kStopped;
  const RunStep stopping = advance(workspace);
  EXPECT_EQ(stopping.run.state, RunState::kStopping);
  EXPECT_EQ(stopping.replicas[0].desired, model::Desired::kStopped);
  EXPECT_TRUE(stopping.release.empty()) << "shares stay until the end is known";
  RunFacts later = after(workspace, stopping);
  EXPECT_FALSE(advance(later).changed);
  end_replica(later.replicas[0], 137);
  const RunStep over = advance(later);
  EXPECT_EQ(over.run.state, RunState::kEnded);
  EXPECT_EQ(over.run.outcome, RunOutcome::kStopped);
  EXPECT_EQ(over.run.ended_reason->code, "run.stopped");
  EXPECT_EQ(over.run.exit_code, 137);
  EXPECT_FALSE(over.retry);
}

TEST(RunState, TheTimeLimitCountsFromTheStart) {
  RunFacts job = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  job.wanted.time_limit_s = 61;
  EXPECT_FALSE(advance(job).changed);
  job.wanted.time_limit_s = 60;
  const RunStep step = advance(job);
  EXPECT_EQ(step.run.state, RunState::kStopping);
  EXPECT_EQ(step.run.outcome, RunOutcome::kTimedOut);
  RunFacts stepped = job;
  stepped.now = stepped.now + base::Span::hours(8);
  stepped.length = base::Span::seconds(59);
  EXPECT_FALSE(advance(stepped).changed) << "the wall clock says nothing of its length";
  stepped.length.reset();
  EXPECT_FALSE(advance(stepped).changed);
  RunFacts later = after(job, step);
  end_replica(later.replicas[0], 143);
  EXPECT_EQ(advance(later).run.outcome, RunOutcome::kTimedOut);
}

TEST(RunState, TheEndOfTheAllocationStopsWhatRunsAndLeavesTheQueueToTheQueue) {
  RunFacts run = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  run.wanted.must_stop = base::Reason("run.allocation_ended");
  EXPECT_EQ(advance(run).run.ended_reason->code, "run.allocation_ended");
  RunFacts queued = facts(RunState::kQueued, 0);
  queued.wanted.must_stop = base::Reason("run.allocation_ended");
  EXPECT_FALSE(advance(queued).changed);
}

TEST(RunState, AQueuedRunIsCancelled) {
  RunFacts queued = facts(RunState::kQueued, 0);
  queued.run.waiting = base::Reason("queue.behind");
  EXPECT_FALSE(advance(queued).changed);
  queued.wanted.desired = model::Desired::kStopped;
  const RunStep step = advance(queued);
  EXPECT_EQ(step.run.state, RunState::kEnded);
  EXPECT_EQ(step.run.outcome, RunOutcome::kStopped);
  EXPECT_EQ(step.run.ended_reason->code, "run.cancelled");
  EXPECT_FALSE(step.run.waiting.has_value());
}

TEST(RunState, OneFailureStopsTheGang) {
  RunFacts gang = facts(RunState::kRunning, 3, ReplicaState::kRunning);
  end_replica(gang.replicas[1], 1);
  const RunStep stopping = advance(gang);
  EXPECT_EQ(stopping.run.state, RunState::kStopping);
  EXPECT_EQ(stopping.run.outcome, RunOutcome::kFailed);
  EXPECT_EQ(stopping.replicas[0].desired, model::Desired::kStopped);
  EXPECT_EQ(stopping.release, std::vector{gang.replicas[1].id});
  RunFacts later = after(gang, stopping);
  end_replica(later.replicas[0], 0);
  end_replica(later.replicas[2], 143);
  EXPECT_EQ(advance(later).run.exit_code, 1) << "the first that is not 0";
  RunFacts well = facts(RunState::kRunning, 2, ReplicaState::kRunning);
  end_replica(well.replicas[0], 0);
  const RunStep one_done = advance(well);
  EXPECT_EQ(one_done.run.state, RunState::kRunning) << "one that is done does not stop the rest";
  EXPECT_TRUE(one_done.changed) << "its shares are released at once";
  EXPECT_EQ(one_done.release, std::vector{well.replicas[0].id});
  EXPECT_FALSE(advance(after(well, one_done)).changed);
}

TEST(RunState, ALostNodeTakesItsRunsAndTheyKeepTheirPlace) {
  RunFacts run = facts(RunState::kRunning, 1, ReplicaState::kRunning);
  run.lost_nodes[run.replicas[0].node_id] = {kSeenAt - base::Span::seconds(30)};
  const RunStep step = advance(run);
  EXPECT_EQ(step.run.state, RunState::kEnded);
  EXPECT_EQ(step.run.outcome, RunOutcome::kLost);
  EXPECT_EQ(step.run.ended_reason->code, "run.node_lost");
  EXPECT_TRUE(step.replicas[0].lost);
  EXPECT_EQ(step.run.ended_at, kSeenAt - base::Span::seconds(30));
  EXPECT_EQ(step.release.size(), 1u);
  EXPECT_TRUE(step.retry) << "through no fault of its own, without retries asked for";
  EXPECT_EQ(next_attempt(step.run, model::RunId("again"), kSeenAt).queued_at, run.run.queued_at);
  run.wanted.retry_lost = false;
  EXPECT_FALSE(advance(run).retry);
}

TEST(RunState, AGangThatLostANodeIsStoppedOnTheOthers) {
  RunFacts gang = facts(RunState::kRunning, 2, ReplicaState::kRunning);
  gang.lost_nodes[gang.replicas[0].node_id] = {kSeenAt - base::Span::seconds(30)};
  const RunStep stopping = advance(gang);
  EXPECT_EQ(stopping.run.state, RunState::kStopping);
  RunFacts later = after(gang, stopping);
  end_replica(later.replicas[1], 143);
  const RunStep over = advance(later);
  EXPECT_EQ(over.run.outcome, RunOutcome::kLost);
  EXPECT_TRUE(over.retry);
}

TEST(ReplicaState, ObservationsInAnyOrderAndTwice) {
  model::Replica replica;
  replica.id = model::ReplicaId("r0");
  std::vector<model::Observation> all{observation(model::ObservationKind::kStarted, 10),
                                      observation(model::ObservationKind::kRunning, 20), end_with(30, 0)};
  std::mt19937_64 dice(1);
  for (int i = 0; i < 200; ++i) {
    model::Replica seen = replica;
    for (int twice = 0; twice < 2; ++twice) {
      std::shuffle(all.begin(), all.end(), dice);
      for (const auto& each : all) seen = observe(seen, each);
    }
    EXPECT_EQ(seen.state, ReplicaState::kEnded);
    EXPECT_EQ(seen.started_at, base::Instant{} + base::Span::seconds(10));
    EXPECT_EQ(seen.ended_at, base::Instant{} + base::Span::seconds(30));
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_FALSE(seen.lost);
  }
}

TEST(ReplicaState, AnEndWithoutAnExitCodeIsALossUnlessItNeverRan) {
  model::Replica replica;
  replica.id = model::ReplicaId("r0");
  EXPECT_TRUE(observe(replica, end_with(30, std::nullopt)).lost);
  model::Observation failed = end_with(30, std::nullopt);
  failed.failure = base::Reason("engine.image_missing");
  EXPECT_FALSE(observe(replica, failed).lost);
}

TEST(ReplicaState, ANodeThatReturnsFillsInWhatWasUnknown) {
  model::Replica replica;
  replica.id = model::ReplicaId("r0");
  replica.state = ReplicaState::kEnded;
  replica.lost = true;
  replica.ended_at = base::Instant{1};
  EXPECT_EQ(observe(replica, observation(model::ObservationKind::kRunning, 50)).state, ReplicaState::kEnded);
  const model::Replica seen = observe(replica, end_with(60, 143));
  EXPECT_EQ(seen.ended_at, base::Instant{} + base::Span::seconds(60));
  EXPECT_EQ(seen.exit_code, 143);
  EXPECT_TRUE(seen.lost) << "the run was decided as lost and stays so";
}

TEST(Stamp, IsBroughtOntoTheBootClockWithinItsBounds) {
  const ClockPair now{50'000'000, base::Instant{1'000'000'000}};
  EXPECT_EQ(boottime_of(base::Instant{990'000'000}, now, 0), 40'000'000);
  EXPECT_EQ(boottime_of(base::Instant{990'000'000}, now, 45'000'000), 45'000'000);
  EXPECT_EQ(boottime_of(base::Instant{2'000'000'000}, now, 0), 50'000'000) << "the clock was set back";
  EXPECT_EQ(boottime_of(base::Instant{0}, now, 0), 0);
}

// Whatever is observed in whatever order, a run only moves forward, ends with its replicas, and rests there.
TEST(RunStateProperty, OnlyForwardAndAtRest) {
  std::mt19937_64 dice(9);
  for (int i = 0; i < 20'000; ++i) {
    RunFacts run = facts(RunState::kAssigned, 1 + static_cast<int>(dice() % 3));
    run.wanted.time_limit_s = dice() % 3 == 0 ? 50 : 0;
    int retries = 0;
    for (int step = 0; step < 15; ++step) {
      model::Replica& replica = run.replicas[dice() % run.replicas.size()];
      model::Observation seen;
      switch (dice() % 6) {
        case 0:
        case 1:
          seen = observation(model::ObservationKind::kStarted, 100);
          break;
        case 2:
          seen = end_with(200, static_cast<std::int64_t>(dice() % 2));
          break;
        case 3:
          run.wanted.desired = dice() % 4 == 0 ? model::Desired::kStopped : run.wanted.desired;
          break;
        case 4:
          if (dice() % 6 == 0) run.lost_nodes[replica.node_id] = {kSeenAt};
          break;
        default:
          run.now = run.now + base::Span::seconds(20);
          run.length = run.length.value_or(base::Span{}) + base::Span::seconds(20);
      }
      if (!seen.replica_id.empty()) {
        seen.replica_id = replica.id;
        replica = observe(replica, seen);
      }
      const RunStep taken = advance(run);
      ASSERT_GE(taken.run.state, run.run.state);
      ASSERT_EQ(taken.run.state == RunState::kEnded,
                taken.run.outcome != RunOutcome::kNone && taken.run.ended_at.has_value());
      retries += taken.retry;
      for (const model::Replica& each : taken.replicas) {
        if (taken.run.state == RunState::kEnded) {
          ASSERT_EQ(each.state, ReplicaState::kEnded);
        }
      }
      run = after(run, taken);
      ASSERT_FALSE(advance(run).changed) << "a second look at the same facts changes nothing";
      ASSERT_FALSE(advance(run).retry);
    }
    ASSERT_LE(retries, 1);
  }
}

}  // namespace
}  // namespace dure::fleet
