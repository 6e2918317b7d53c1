#include "commands/runs.h"

#include <algorithm>

#include "calendar/zone.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "fleet/run_length.h"
#include "programme/award.h"

namespace dure::commands {
namespace {

// The smaller of two limits of which 0 means none.
std::int64_t smaller_limit(std::int64_t a, std::int64_t b) {
  if (a == 0) return b;
  return b == 0 ? a : std::min(a, b);
}

// What a job that names no limit gets.
std::int64_t default_limit_s(const policy::WorkloadRules& rules, model::WorkloadKind kind) {
  return kind == model::WorkloadKind::kJob ? rules.job_default_minutes * 60 : 0;
}

std::int64_t policy_limit_s(const policy::WorkloadRules& rules, model::WorkloadKind kind) {
  if (kind == model::WorkloadKind::kWorkspace) return rules.workspace_max_minutes * 60;
  return kind == model::WorkloadKind::kJob ? rules.job_max_minutes * 60 : 0;
}

base::Result<fleet::Wanted> wanted_of(Work& work, const model::Run& run, const model::Workload& workload) {
  DURE_LET(revision, work.tx.revisions().get(run.revision_id));
  DURE_LET(allocation, work.tx.allocations().get(run.allocation_id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, workload.programme_id));
  fleet::Wanted wanted;
  wanted.desired = workload.desired;
  wanted.time_limit_s = time_limit_of(revision.spec, workload.kind, pack->workload);
  if (workload.kind == model::WorkloadKind::kJob)
    wanted.max_retries = std::min(revision.spec.max_retries, pack->workload.job_max_retries);
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  if (const auto may = programme::may_use(allocation, today); !may)
    wanted.must_stop = base::Reason("run.allocation_ended").with("why", may.failure().reason.code);
  return wanted;
}

// From the start that its node observed, by the node's clock; nothing where that is not known.
base::Result<std::optional<base::Span>> length_of(Work& work, const model::Replica& replica) {
  DURE_LET(start, work.tx.observations().first(ports::Query{}
                                                   .where("replica_id", replica.id)
                                                   .where("kind", model::ObservationKind::kStarted)
                                                   .ordered("sequence")
                                                   .at_most(1)));
  if (!start) return std::optional<base::Span>{};
  DURE_LET(node, work.tx.nodes().get(replica.node_id));
  return fleet::run_length({start->boot_id, start->boottime_us},
                           {node.boot_id, node.boottime_us, node.last_report_at}, work.now);
}

// A run has started when the last of its replicas has: the shortest of their lengths.
base::Result<std::optional<base::Span>> length_of(Work& work, const std::vector<model::Replica>& replicas) {
  std::optional<base::Span> shortest;
  for (const auto& replica : replicas) {
    DURE_LET(length, length_of(work, replica));
    if (!length) return length;
    shortest = shortest ? std::min(*shortest, *length) : *length;
  }
  return shortest;
}

std::string run_data(const model::Run& run) {
  std::string data = "{\"state\":\"" + std::string(model::to_text(run.state)) + "\",\"outcome\":\"" +
                     std::string(model::to_text(run.outcome)) + "\",\"workload_id\":\"" +
                     run.workload_id.text + "\"";
  if (run.ended_reason) data += ",\"reason\":\"" + run.ended_reason->code + "\"";
  if (run.waiting) data += ",\"waiting\":\"" + run.waiting->code + "\"";
  return data + "}";
}

base::Status release_shares(Work& work, const model::ReplicaId& replica) {
  DURE_LET(shares,
           load_all(work.tx.shares(), ports::Query{}.where("replica_id", replica).where_null("released_at")));
  for (auto& share : shares) {
    share.released_at = work.now;
    DURE_TRY(work.save(work.tx.shares(), share));
  }
  return {};
}

base::Status write_replicas(Work& work, const std::vector<model::Replica>& before,
                            const std::vector<model::Replica>& after) {
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto& was = before[i];
    model::Replica now = after[i];
    const bool same = was.state == now.state && was.desired == now.desired && was.lost == now.lost &&
                      was.started_at == now.started_at && was.ended_at == now.ended_at &&
                      was.exit_code == now.exit_code && was.out_of_memory == now.out_of_memory;
    if (!same) DURE_TRY(work.save(work.tx.replicas(), now));
  }
  return {};
}

base::Status queue_retry(Work& work, const model::Run& ended, model::Workload& workload) {
  model::Run next =
      fleet::next_attempt(ended, work.make_id<model::Run>(), work.now, work.world.settings.retry_pause);
  work.stamp_times(next);
  DURE_TRY(work.tx.runs().insert(next));
  workload.run_id = next.id;
  DURE_TRY(work.save(work.tx.workloads(), workload));
  return work.publish("run.queued", "runs/" + next.id.text, resource_of(next), run_data(next));
}

base::Status write_step(Work& work, const fleet::RunFacts& facts, fleet::RunStep& step,
                        model::Workload& workload) {
  DURE_TRY(write_replicas(work, facts.replicas, step.replicas));
  for (const auto& replica : step.release) DURE_TRY(release_shares(work, replica));
  DURE_TRY(work.save(work.tx.runs(), step.run));
  if (step.run.state != facts.run.state || step.run.outcome != facts.run.outcome)
    DURE_TRY(work.publish("run." + std::string(model::to_text(step.run.state)), "runs/" + step.run.id.text,
                          resource_of(step.run), run_data(step.run)));
  // A job that has come to its end has nothing left to do.
  const bool job_over = step.run.state == model::RunState::kEnded && !step.retry &&
                        workload.kind == model::WorkloadKind::kJob &&
                        workload.desired == model::Desired::kRunning;
  if (job_over) {
    workload.desired = model::Desired::kStopped;
    DURE_TRY(work.save(work.tx.workloads(), workload));
  }
  return step.retry ? queue_retry(work, step.run, workload) : base::Status{};
}

}  // namespace

std::int64_t time_limit_of(const model::WorkloadSpec& spec, model::WorkloadKind kind,
                           const policy::WorkloadRules& rules) {
  const auto own_s = spec.time_limit_s > 0 ? spec.time_limit_s : default_limit_s(rules, kind);
  return smaller_limit(own_s, policy_limit_s(rules, kind));
}

base::Result<bool> preempt_run(Work& work, const model::RunId& id, const base::Reason& reason) {
  fleet::RunFacts facts;
  DURE_LET(run, work.tx.runs().get(id));
  DURE_LET(workload, work.tx.workloads().get(run.workload_id));
  DURE_LET(replicas, load_all(work.tx.replicas(), ports::Query{}.where("run_id", id)));
  facts.run = run;
  facts.replicas = replicas;
  facts.now = work.now;
  auto step = fleet::preempt(facts, reason);
  if (!step) return false;
  DURE_TRY(write_step(work, facts, *step, workload));
  DURE_TRY(work.audit("runs.preempt", "runs/" + id.text, resource_of(run),
                      "{\"reason\":\"" + reason.code + "\"}"));
  return true;
}

base::Result<bool> step_run(Work& work, const model::RunId& id, const StepContext& context) {
  fleet::RunFacts facts;
  DURE_LET(run, work.tx.runs().get(id));
  DURE_LET(workload, work.tx.workloads().get(run.workload_id));
  DURE_LET(replicas, load_all(work.tx.replicas(), ports::Query{}.where("run_id", id)));
  DURE_LET(wanted, wanted_of(work, run, workload));
  facts.run = run;
  facts.replicas = replicas;
  facts.wanted = wanted;
  facts.lost_nodes = context.lost_nodes;
  facts.failures = context.failures;
  facts.now = work.now;
  if (wanted.time_limit_s > 0 && run.started_at) {
    DURE_LET(length, length_of(work, replicas));
    facts.length = length;
  }
  fleet::RunStep step = fleet::advance(facts);
  if (!step.changed) return false;
  DURE_TRY(write_step(work, facts, step, workload));
  return true;
}

base::Result<model::Run> queue_run(Work& work, model::Workload& workload) {
  model::Run run;
  work.stamp(run);
  run.workload_id = workload.id;
  run.revision_id = workload.revision_id;
  run.programme_id = workload.programme_id;
  run.project_id = workload.project_id;
  run.allocation_id = workload.allocation_id;
  run.account_id = workload.account_id;
  DURE_LET(attempts, work.tx.runs().count(ports::Query{}.where("workload_id", workload.id)));
  run.attempt = attempts + 1;
  run.queued_at = work.now;
  DURE_TRY(work.tx.runs().insert(run));
  workload.run_id = run.id;
  DURE_TRY(work.publish("run.queued", "runs/" + run.id.text, resource_of(run), run_data(run)));
  return run;
}

base::Result<std::int64_t> step_open_runs(Work& work, const StepContext& context) {
  DURE_LET(runs, load_all(work.tx.runs(),
                          ports::Query{}.where("state", model::RunState::kEnded, ports::Compare::kNotEqual)));
  std::int64_t changed = 0;
  for (const auto& run : runs) {
    const auto stepped = step_run(work, run.id, context);
    // It reads all that it needs before it writes: nothing is half done, and the others are stepped.
    if (!stepped && is_of_the_row(stepped.failure())) continue;
    if (!stepped) return stepped.failure();
    changed += *stepped ? 1 : 0;
  }
  return changed;
}

}  // namespace dure::commands
