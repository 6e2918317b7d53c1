// Relocation: the run stops, and its next attempt has the promise of its new cards.
#include "fleet/relocation.h"

#include <gtest/gtest.h>

namespace dure::fleet {
namespace {

constexpr base::Instant kRelocatedAt{1'000'000'000};

RunFacts running_job() {
  RunFacts facts;
  facts.now = kRelocatedAt;
  facts.run.id = model::RunId("run");
  facts.run.state = model::RunState::kRunning;
  facts.run.queued_at = kRelocatedAt - base::Span::minutes(9);
  facts.run.retries = 1;
  facts.run.started_at = kRelocatedAt - base::Span::minutes(5);
  model::Replica replica;
  replica.id = model::ReplicaId("replica");
  replica.state = model::ReplicaState::kRunning;
  replica.started_at = facts.run.started_at;
  facts.replicas = {replica};
  return facts;
}

const std::vector<model::PromisedCard> kThere{{0, model::NodeId("n2"), model::CardId("card")}};

// After its container has ended, by the signal of the stop.
RunFacts after_end(RunFacts facts, const RunStep& step) {
  facts.run = step.run;
  facts.replicas = step.replicas;
  facts.replicas[0].state = model::ReplicaState::kEnded;
  facts.replicas[0].ended_at = kRelocatedAt;
  facts.replicas[0].exit_code = 143;
  return facts;
}

TEST(Relocation, TheNextAttemptHasTheCardsAndItsOldPlaceInTheQueue) {
  const RunFacts job = running_job();
  const RunStep stopping = relocate(job.run, job.replicas, kThere, kRelocatedAt);
  EXPECT_EQ(stopping.run.state, model::RunState::kStopping);
  EXPECT_EQ(stopping.run.promised_on, kThere);
  EXPECT_EQ(stopping.replicas[0].desired, model::Desired::kStopped);
  RunFacts later = job;
  later.run = stopping.run;
  later.replicas = stopping.replicas;
  EXPECT_FALSE(advance(later).changed) << "it stops once";
  const RunStep over = advance(after_end(job, stopping));
  EXPECT_EQ(over.run.state, model::RunState::kEnded);
  EXPECT_TRUE(relocated(over.run));
  ASSERT_TRUE(over.retry);
  const model::Run next = next_attempt(over.run, model::RunId("again"), kRelocatedAt);
  EXPECT_EQ(next.promised_on, kThere);
  EXPECT_EQ(next.estimated_start_at, kRelocatedAt);
  EXPECT_EQ(next.queued_at, job.run.queued_at);
  EXPECT_EQ(next.retries, 1) << "it uses up none";
  EXPECT_FALSE(next.not_before || next.ended_reason);
}

TEST(Relocation, WhoIsStoppedByItsUserMeanwhileHasNone) {
  const RunFacts job = running_job();
  RunFacts stopped = after_end(job, relocate(job.run, job.replicas, kThere, kRelocatedAt));
  stopped.wanted.desired = model::Desired::kStopped;
  EXPECT_FALSE(advance(stopped).retry);
  stopped.wanted = {};
  stopped.wanted.must_stop = base::Reason("run.allocation_ended");
  EXPECT_FALSE(advance(stopped).retry);
}

TEST(Relocation, ANodeThatIsLostOnTheWayTakesNothingFromIt) {
  const RunFacts job = running_job();
  RunFacts lost = job;
  const RunStep stopping = relocate(job.run, job.replicas, kThere, kRelocatedAt);
  lost.run = stopping.run;
  lost.replicas = stopping.replicas;
  lost.lost_nodes[lost.replicas[0].node_id] = {kRelocatedAt};
  const RunStep over = advance(lost);
  EXPECT_TRUE(over.retry);
  EXPECT_EQ(next_attempt(over.run, model::RunId("again"), kRelocatedAt).promised_on, kThere);
}

TEST(Relocation, AnotherEndKeepsNoPromise) {
  RunFacts job = running_job();
  job.run.outcome = model::RunOutcome::kFailed;
  job.run.promised_on = kThere;
  EXPECT_TRUE(next_attempt(job.run, model::RunId("again"), kRelocatedAt).promised_on.empty());
}

}  // namespace
}  // namespace dure::fleet
