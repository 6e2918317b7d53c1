#include "fleet/run_state.h"

#include <algorithm>

#include "fleet/relocation.h"

namespace dure::fleet {
namespace {

using model::ReplicaState;
using model::RunOutcome;
using model::RunState;

// How a run ends and why.
struct Ending {
  RunOutcome outcome = RunOutcome::kNone;
  base::Reason reason;
};

bool ended(const model::Replica& replica) {
  return replica.state == ReplicaState::kEnded;
}

bool all_ended(const std::vector<model::Replica>& replicas) {
  return std::all_of(replicas.begin(), replicas.end(), ended);
}

Ending loss_of(const RunFacts& facts, const model::Replica& replica) {
  if (facts.lost_nodes.contains(replica.node_id))
    return {RunOutcome::kLost, base::Reason("run.node_lost").with("node", replica.node_id.text)};
  return {RunOutcome::kLost, base::Reason("run.container_lost").with("replica", replica.number)};
}

// What one replica's end means for the run; nothing where it is well or still there.
std::optional<Ending> trouble_of(const RunFacts& facts, const model::Replica& replica) {
  if (!ended(replica)) return std::nullopt;
  if (replica.lost) return loss_of(facts, replica);
  const auto failure = facts.failures.find(replica.id);
  if (failure != facts.failures.end()) return Ending{RunOutcome::kFailed, failure->second};
  if (replica.out_of_memory)
    return Ending{RunOutcome::kFailed, base::Reason("run.out_of_memory").with("replica", replica.number)};
  if (!replica.exit_code)
    return Ending{RunOutcome::kFailed, base::Reason("run.never_started").with("replica", replica.number)};
  if (*replica.exit_code == 0) return std::nullopt;
  return Ending{
      RunOutcome::kFailed,
      base::Reason("run.exit_code").with("exit_code", *replica.exit_code).with("replica", replica.number)};
}

// The first trouble by number; a loss before a failure, because it is nobody's fault.
std::optional<Ending> trouble(const RunFacts& facts, const std::vector<model::Replica>& replicas) {
  std::optional<Ending> first;
  for (const model::Replica& replica : replicas) {
    auto found = trouble_of(facts, replica);
    if (found && (!first || (found->outcome == RunOutcome::kLost && first->outcome != RunOutcome::kLost)))
      first = std::move(found);
  }
  return first;
}

bool over_time(const RunFacts& facts, const model::Run& run) {
  const std::int64_t limit = facts.wanted.time_limit_s;
  return limit > 0 && run.started_at && facts.length && base::Span::seconds(limit) <= *facts.length;
}

// Why it shall stop although its replicas go on.
std::optional<Ending> order_to_stop(const RunFacts& facts, const model::Run& run) {
  if (facts.wanted.must_stop) return Ending{RunOutcome::kStopped, *facts.wanted.must_stop};
  if (facts.wanted.desired == model::Desired::kStopped)
    return Ending{RunOutcome::kStopped, base::Reason("run.stopped")};
  if (over_time(facts, run))
    return Ending{RunOutcome::kTimedOut,
                  base::Reason("run.time_limit").with("limit_s", facts.wanted.time_limit_s)};
  return std::nullopt;
}

void give_up_lost_nodes(const RunFacts& facts, std::vector<model::Replica>& replicas) {
  for (model::Replica& replica : replicas) {
    const auto lost = facts.lost_nodes.find(replica.node_id);
    if (ended(replica) || lost == facts.lost_nodes.end()) continue;
    replica.state = ReplicaState::kEnded;
    replica.desired = model::Desired::kStopped;
    replica.lost = true;
    replica.ended_at = lost->second.last_report_at;
    if (replica.started_at) replica.ended_at = std::max(*replica.ended_at, *replica.started_at);
  }
}

// Once all replicas have started, the run has, with the last of them.
void note_start(model::Run& run, const std::vector<model::Replica>& replicas) {
  if (run.started_at || replicas.empty()) return;
  base::Instant latest{};
  for (const model::Replica& replica : replicas) {
    if (!replica.started_at) return;
    latest = std::max(latest, *replica.started_at);
  }
  run.started_at = latest;
  if (run.state == RunState::kAssigned) run.state = RunState::kRunning;
  run.waiting.reset();
}

void stop(model::Run& run, std::vector<model::Replica>& replicas, const Ending& ending, base::Instant now) {
  run.state = RunState::kStopping;
  run.stop_requested_at = now;
  run.waiting.reset();
  run.outcome = ending.outcome;
  run.ended_reason = ending.reason;
  for (model::Replica& replica : replicas) replica.desired = model::Desired::kStopped;
}

// The first exit code that is not 0; else 0 if all are known.
std::optional<std::int64_t> exit_code_of(const std::vector<model::Replica>& replicas) {
  bool all_known = true;
  for (const model::Replica& replica : replicas) {
    if (replica.exit_code.value_or(0) != 0) return replica.exit_code;
    all_known = all_known && replica.exit_code.has_value();
  }
  if (!all_known || replicas.empty()) return std::nullopt;
  return 0;
}

void end(model::Run& run, const std::vector<model::Replica>& replicas, base::Instant now) {
  std::optional<base::Instant> latest;
  for (const model::Replica& replica : replicas)
    if (replica.ended_at) latest = latest ? std::max(*latest, *replica.ended_at) : *replica.ended_at;
  run.state = RunState::kEnded;
  run.ended_at = latest.value_or(now);
  run.exit_code = exit_code_of(replicas);
  run.waiting.reset();
  run.estimated_start_at.reset();
}

bool shall_retry(const RunFacts& facts, const model::Run& run) {
  if (facts.wanted.desired != model::Desired::kRunning || facts.wanted.must_stop) return false;
  if (run.outcome == RunOutcome::kPreempted) return true;
  if (run.outcome == RunOutcome::kLost) return facts.wanted.retry_lost;
  return run.outcome == RunOutcome::kFailed && run.retries < facts.wanted.max_retries;
}

base::Span pause_after(const model::Run& ended, const RetryPause& pause) {
  if (ended.outcome == RunOutcome::kPreempted) return {};
  if (ended.outcome == RunOutcome::kLost) {
    const bool with_node = ended.ended_reason && ended.ended_reason->code == "run.node_lost";
    return with_node ? base::Span{} : pause.first;
  }
  base::Span length = pause.first;
  for (std::int64_t i = 0; i < ended.retries && length < pause.most; ++i) length = length + length;
  return std::min(length, pause.most);
}

void advance_queued(const RunFacts& facts, RunStep& step) {
  if (facts.wanted.desired == model::Desired::kRunning) return;
  step.run.outcome = RunOutcome::kStopped;
  step.run.ended_reason = base::Reason("run.cancelled");
  end(step.run, {}, facts.now);
}

void advance_placed(const RunFacts& facts, RunStep& step) {
  give_up_lost_nodes(facts, step.replicas);
  note_start(step.run, step.replicas);
  const auto found = trouble(facts, step.replicas);
  const bool over = all_ended(step.replicas);
  if (step.run.state != RunState::kStopping) {
    if (found) {
      stop(step.run, step.replicas, *found, facts.now);
    } else if (over) {
      step.run.outcome = RunOutcome::kSucceeded;
    } else if (const auto order = order_to_stop(facts, step.run)) {
      stop(step.run, step.replicas, *order, facts.now);
    }
  }
  if (over) end(step.run, step.replicas, facts.now);
  for (model::Replica& replica : step.replicas) {
    if (!ended(replica)) continue;
    replica.desired =
        model::Desired::kStopped;  // so that this is a change, once, and its shares are released
    step.release.push_back(replica.id);
  }
}

bool same(const model::Replica& a, const model::Replica& b) {
  return a.state == b.state && a.desired == b.desired && a.lost == b.lost && a.ended_at == b.ended_at;
}

bool same(const model::Run& a, const model::Run& b) {
  return a.state == b.state && a.outcome == b.outcome && a.started_at == b.started_at &&
         a.ended_at == b.ended_at && a.ended_reason == b.ended_reason && a.exit_code == b.exit_code;
}

bool differs(const RunFacts& facts, const RunStep& step) {
  if (!same(facts.run, step.run)) return true;
  for (std::size_t i = 0; i < facts.replicas.size(); ++i)
    if (!same(facts.replicas[i], step.replicas[i])) return true;
  return false;
}

}  // namespace

RunStep advance(const RunFacts& facts) {
  RunStep step;
  step.run = facts.run;
  step.replicas = facts.replicas;
  if (facts.run.state == RunState::kEnded) return step;
  if (facts.run.state == RunState::kQueued) {
    advance_queued(facts, step);
  } else {
    advance_placed(facts, step);
  }
  step.changed = differs(facts, step);
  step.retry = step.run.state == RunState::kEnded && shall_retry(facts, step.run);
  return step;
}

std::optional<RunStep> preempt(const RunFacts& facts, const base::Reason& reason) {
  const bool placed = facts.run.state == RunState::kAssigned || facts.run.state == RunState::kRunning;
  if (!placed || all_ended(facts.replicas)) return std::nullopt;
  RunStep step;
  step.run = facts.run;
  step.replicas = facts.replicas;
  stop(step.run, step.replicas, {RunOutcome::kPreempted, reason}, facts.now);
  step.changed = true;
  return step;
}

model::Run next_attempt(const model::Run& former, const model::RunId& id, base::Instant now,
                        const RetryPause& pause) {
  const bool failed = former.outcome != RunOutcome::kLost && former.outcome != RunOutcome::kPreempted;
  const bool moved = relocated(former);
  const base::Span wait = pause_after(former, pause);
  model::Run next = former;
  next.id = id;
  next.version = 1;
  next.created_at = next.updated_at = now;
  next.attempt = former.attempt + 1;
  next.retries = former.retries + (failed ? 1 : 0);
  next.state = RunState::kQueued;
  next.outcome = RunOutcome::kNone;
  if (failed) next.queued_at = now;
  next.not_before.reset();
  if (wait.us > 0) next.not_before = now + wait;
  next.waiting.reset();
  next.estimated_start_at.reset();
  if (moved) next.estimated_start_at = now;  // the promise of its new cards
  if (!moved) next.promised_on.clear();
  next.alternatives.clear();
  next.assigned_at.reset();
  next.started_at.reset();
  next.checkpoint_at.reset();
  next.stop_requested_at.reset();
  next.ended_at.reset();
  next.exit_code.reset();
  next.ended_reason.reset();
  return next;
}

}  // namespace dure::fleet
