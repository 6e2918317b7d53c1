#include "commands/scheduling.h"

#include <algorithm>
#include <map>
#include <optional>

#include "commands/queue_scene.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "commands/runs.h"
#include "queue/decide.h"
#include "queue/reserved.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

constexpr std::int64_t kWholeCard = 1000;  // milli-GPU
std::vector<model::PromisedCard> promised_cards(const std::optional<queue::Promise>& promise) {
  std::vector<model::PromisedCard> cards;
  if (!promise) return cards;
  for (const auto& replica : promise->replicas) {
    if (replica.shares.empty()) cards.push_back({replica.number, replica.node_id, {}, {}, -1});
    for (const auto& share : replica.shares)
      cards.push_back({replica.number, replica.node_id, share.card_id, share.mig_profile, share.mig_start});
  }
  return cards;
}

std::vector<queue::Decision> decide_runs(const Scene& scene, base::Instant now) {
  return queue::decide_reserved(scene.entries, scene.running, scene.cluster, scene.limits, scene.rules, now);
}

bool waits_otherwise(const model::Run& run, const queue::Decision& decision) {
  return run.waiting != decision.reason || run.estimated_start_at != decision.estimated_start ||
         run.promised_on != promised_cards(decision.promise) || run.alternatives != decision.alternatives;
}

queue::Decision waiting_for(const model::Run& run, base::Reason reason) {
  queue::Decision decision;
  decision.run_id = run.id;
  decision.reason = std::move(reason);
  return decision;
}

base::Reason unreadable(const base::Reason& cause) {
  return base::Reason("queue.unreadable").with("cause", cause.code);
}

// Whether writing the decisions would change any row.
bool changes_anything(const Scene& scene, const std::vector<queue::Decision>& decisions) {
  std::map<model::RunId, const model::Run*> runs;
  for (const auto& run : scene.runs) runs[run.id] = &run;
  for (const auto& decision : decisions) {
    if (decision.verdict != queue::Verdict::kWait) return true;
    const auto& run = *runs.at(decision.run_id);
    if (waits_otherwise(run, decision)) return true;
  }
  for (const auto& [run, cause] : scene.unreadable)
    if (waits_otherwise(run, waiting_for(run, unreadable(cause)))) return true;
  for (const auto& [run, why] : scene.barred)
    if (waits_otherwise(run, waiting_for(run, why))) return true;
  return false;
}

// Of a card in MIG mode, whether the instances that are held and those of the plan do not go together.
base::Result<bool> instances_overlap(Work& work, const model::CardId& id, const placement::Plan& plan) {
  DURE_LET(card, work.tx.cards().get(id));
  if (!card.mig) return false;
  placement::Partition partition(placement::find_mig_model(card.model));
  DURE_LET(held, load_all(work.tx.shares(), ports::Query{}.where("card_id", id).where_null("released_at")));
  for (const auto& share : held) partition.change(placement::planned_share(share), 1);
  for (const auto& replica : plan.replicas)
    for (const auto& share : replica.shares)
      if (share.card_id == id) partition.change(share, 1);
  return !partition.sound();
}

// The last guard against a card that is given out twice: the sum over the rows of this transaction. Why the
// plan may not be carried out; nothing where it may.
base::Result<std::optional<base::Reason>> oversubscribed(Work& work, const placement::Plan& plan) {
  std::map<model::CardId, std::int64_t> asked;
  for (const auto& replica : plan.replicas)
    for (const auto& share : replica.shares) asked[share.card_id] += share.milli_gpu.value;
  for (const auto& [card, milli_gpu] : asked) {
    DURE_LET(held, work.tx.shares().sum("milli_gpu",
                                        ports::Query{}.where("card_id", card).where_null("released_at")));
    DURE_LET(overlaps, instances_overlap(work, card, plan));
    if (held + milli_gpu > kWholeCard || overlaps)
      return std::optional(base::Reason("placement.changed").with("what", "card").with("id", card.text));
  }
  return std::optional<base::Reason>{};
}

base::Status insert_share(Work& work, const model::Run& run, const model::Replica& replica,
                          const placement::PlannedShare& planned) {
  model::Share share;
  work.stamp(share);
  share.replica_id = replica.id;
  share.run_id = run.id;
  share.programme_id = run.programme_id;
  share.project_id = run.project_id;
  share.account_id = run.account_id;
  share.node_id = replica.node_id;
  share.card_id = planned.card_id;
  share.milli_gpu = planned.milli_gpu;
  share.memory = planned.memory;
  share.mig_profile = planned.mig_profile;
  share.mig_start = planned.mig_start;
  share.mig_milli_gpu = planned.mig_milli_gpu;
  return work.tx.shares().insert(share);
}

base::Status insert_replica(Work& work, const model::Run& run, const placement::PlannedReplica& planned) {
  model::Replica replica;
  work.stamp(replica);
  replica.run_id = run.id;
  replica.workload_id = run.workload_id;
  replica.programme_id = run.programme_id;
  replica.project_id = run.project_id;
  replica.account_id = run.account_id;
  replica.node_id = planned.node_id;
  replica.number = planned.number;
  DURE_TRY(work.tx.replicas().insert(replica));
  for (const auto& share : planned.shares) DURE_TRY(insert_share(work, run, replica, share));
  return {};
}

base::Status start(Work& work, model::Run run, const placement::Plan& plan) {
  for (const auto& replica : plan.replicas) DURE_TRY(insert_replica(work, run, replica));
  run.state = model::RunState::kAssigned;
  run.assigned_at = work.now;
  run.waiting.reset();
  run.estimated_start_at.reset();
  run.promised_on.clear();
  run.alternatives.clear();
  DURE_TRY(work.save(work.tx.runs(), run));
  return work.publish("run.assigned", "runs/" + run.id.text, resource_of(run),
                      "{\"workload_id\":\"" + run.workload_id.text + "\"}");
}

base::Status refuse(Work& work, model::Run run, const base::Reason& reason) {
  run.state = model::RunState::kEnded;
  run.outcome = model::RunOutcome::kRefused;
  run.ended_at = work.now;
  run.ended_reason = reason;
  run.waiting.reset();
  run.estimated_start_at.reset();
  run.promised_on.clear();
  run.alternatives.clear();
  DURE_TRY(work.save(work.tx.runs(), run));
  return work.publish("run.refused", "runs/" + run.id.text, resource_of(run),
                      "{\"code\":\"" + reason.code + "\"}");
}

base::Status keep_waiting(Work& work, model::Run run, const queue::Decision& decision) {
  const bool new_reason = !run.waiting || run.waiting->code != decision.reason->code;
  if (!waits_otherwise(run, decision)) return {};
  run.waiting = decision.reason;
  run.estimated_start_at = decision.estimated_start;
  run.promised_on = promised_cards(decision.promise);
  run.alternatives = decision.alternatives;
  DURE_TRY(work.save(work.tx.runs(), run));
  if (!new_reason) return {};
  return work.publish("run.waiting", "runs/" + run.id.text, resource_of(run),
                      "{\"code\":\"" + decision.reason->code + "\"}");
}

// Once for each cause. Of the centre: what is broken in its rows is no matter of the run's owner.
base::Status tell_operators(Work& work, const model::Run& run, const base::Reason& cause) {
  return work.publish("run.unreadable", "runs/" + run.id.text, {.kind = access::ResourceKind::kCentre},
                      "{\"cause\":" + wire::json_text(cause) + "}");
}

base::Result<ScheduleCount> write_decisions(Work& work, const Scene& scene,
                                            const std::vector<queue::Decision>& decisions) {
  std::map<model::RunId, model::Run> runs;
  for (const auto& run : scene.runs) runs[run.id] = run;
  ScheduleCount count;
  for (const auto& decision : decisions) {
    if (decision.verdict == queue::Verdict::kStop) {
      DURE_LET(told, preempt_run(work, decision.run_id, *decision.reason));
      count.stopped += told ? 1 : 0;
      continue;
    }
    const auto& run = runs.at(decision.run_id);
    switch (decision.verdict) {
      case queue::Verdict::kStart: {
        DURE_LET(over, oversubscribed(work, *decision.plan));
        DURE_TRY(over ? keep_waiting(work, run, waiting_for(run, *over)) : start(work, run, *decision.plan));
        ++(over ? count.waiting : count.started);
        break;
      }
      case queue::Verdict::kRefuse:
        DURE_TRY(refuse(work, run, *decision.reason));
        ++count.refused;
        break;
      case queue::Verdict::kWait:
        DURE_TRY(keep_waiting(work, run, decision));
        ++count.waiting;
        break;
      case queue::Verdict::kStop:
        break;  // of one that runs, above
    }
  }
  for (const auto& [run, why] : scene.barred) {
    DURE_TRY(keep_waiting(work, run, waiting_for(run, why)));
    ++count.waiting;
  }
  for (const auto& [run, cause] : scene.unreadable) {
    const auto decision = waiting_for(run, unreadable(cause));
    if (!run.waiting || *run.waiting != *decision.reason) DURE_TRY(tell_operators(work, run, cause));
    DURE_TRY(keep_waiting(work, run, decision));
    ++count.waiting;
    count.unreadable.push_back({run.id, cause});
  }
  return count;
}
}  // namespace

base::Result<ScheduleCount> schedule(World& world, const HeldLease& lease) {
  const Caller caller = system_caller(lease.role);
  // Most rounds find nothing to write: they look first, so that writers are not held up.
  auto needed = look<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
    DURE_LET(any, work.tx.runs().first(ports::Query{}.where("state", model::RunState::kQueued).at_most(1)));
    if (!any) return false;
    DURE_LET(scene, load_scene(work));
    return changes_anything(scene, decide_runs(scene, work.now));
  });
  if (!needed) return needed.failure();
  if (!*needed) return ScheduleCount{};
  return run<ScheduleCount>(world, caller, [&](Work& work) -> base::Result<ScheduleCount> {
    DURE_TRY(check_lease(work, lease));
    DURE_LET(scene, load_scene(work));
    return write_decisions(work, scene, decide_runs(scene, work.now));
  });
}

}  // namespace dure::commands
