#include "commands/scheduling.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "calendar/zone.h"
#include "commands/cluster.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "commands/runs.h"
#include "model/ranges.h"
#include "placement/place.h"
#include "queue/decide.h"
#include "queue/order.h"

namespace dure::commands {
namespace {

constexpr std::int64_t kWholeCard = 1000;  // milli-GPU
// What a run may take to end once its time is over: the loops' rounds, SIGTERM, SIGKILL, the report.
constexpr base::Span kToEnd = base::Span::seconds(60);

// Everything that the decision reads, from the rows of one transaction.
struct Scene {
  placement::Cluster cluster;
  std::vector<model::Run> runs;  // queued
  std::vector<queue::Entry> entries;
  std::vector<queue::Running> running;
  queue::Limits limits;
  queue::Rules rules;
  std::map<model::RunId, model::WorkloadSpec> specs;
  std::map<model::AllocationId, model::Allocation> allocations;
  std::set<model::AllocationId> weighed;  // whose blocks count in their project's share already
};

base::Result<model::Allocation> allocation_of(Work& work, Scene& scene, const model::AllocationId& id) {
  if (const auto found = scene.allocations.find(id); found != scene.allocations.end()) return found->second;
  DURE_LET(allocation, work.tx.allocations().get(id));
  scene.allocations.emplace(id, allocation);
  scene.limits.allocations[id] = {allocation.state, allocation.limit.model,
                                  queue::ceiling_of(allocation.limit)};
  return allocation;
}

base::Span hours(std::int64_t count) {
  return count > 0 ? base::Span::minutes(60 * count) : placement::kForever;
}

// What one programme says of the queue that it shares with others: they overtake only where all let them, and
// shares decide only where all say so.
void apply_queue(const policy::Queue& said, queue::Rules& rules) {
  rules.backfill = rules.backfill && said.backfill;
  rules.fair_share = rules.fair_share && said.order == policy::QueueOrder::kFairShare;
  rules.promises = std::max(rules.promises, said.promises);
  rules.ageing = std::min(rules.ageing, hours(said.ageing_hours));
  rules.shares.half_life = base::Span::minutes(60 * said.half_life_hours);
}

// The account's own ceiling (F14), and what its programme says of the queue.
base::Result<PackPtr> apply_pack(Work& work, Scene& scene, const model::Run& run) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, run.programme_id));
  scene.limits.accounts[run.account_id] = account_ceiling(*pack);
  apply_queue(pack->queue, scene.rules);
  return pack;
}

// A project's share is what it was allocated, an organisation's that of its projects.
base::Result<model::OrganisationId> apply_project(Work& work, Scene& scene, const model::Run& run) {
  DURE_LET(project, work.tx.projects().get(run.project_id));
  const auto& allocation = scene.allocations.at(run.allocation_id);
  if (scene.weighed.insert(allocation.id).second) {
    scene.rules.shares.weights[project.id] += allocation.limit.blocks;
    scene.rules.shares.organisation_weights[project.organisation_id] += allocation.limit.blocks;
  }
  return project.organisation_id;
}

std::optional<queue::Promise> promise_of(const model::Run& run) {
  if (!run.estimated_start_at || run.promised_on.empty()) return std::nullopt;
  queue::Promise promise{*run.estimated_start_at, {}};
  for (const auto& card : run.promised_on) {
    if (promise.replicas.empty() || promise.replicas.back().number != card.replica)
      promise.replicas.push_back({card.replica, card.node_id, 0, {}, {}});
    if (!card.card_id.text.empty()) promise.replicas.back().shares.push_back({card.card_id, {}, {}});
  }
  return promise;
}

std::vector<model::PromisedCard> cards_of(const std::optional<queue::Promise>& promise) {
  std::vector<model::PromisedCard> cards;
  if (!promise) return cards;
  for (const auto& replica : promise->replicas) {
    if (replica.shares.empty()) cards.push_back({replica.number, replica.node_id, {}});
    for (const auto& share : replica.shares)
      cards.push_back({replica.number, replica.node_id, share.card_id});
  }
  return cards;
}

// When the run is over at the latest: by its own limit, its policy's, or the end of its allocation.
base::Instant latest_end(const model::Run& run, const model::WorkloadSpec& spec,
                         const model::Workload& workload, const model::Allocation& allocation,
                         const policy::Pack& pack) {
  auto latest = calendar::start_of(base::add_days(allocation.ends_on, 1), policy::zone_of(pack));
  const auto begun = run.started_at.value_or(run.assigned_at.value_or(run.queued_at));
  const auto limit_s = time_limit_of(spec, workload.kind, pack.workload);
  if (limit_s > 0) latest = std::min(latest, begun + base::Span::seconds(limit_s));
  return latest;
}

base::Status add_entry(Work& work, Scene& scene, const model::Run& run) {
  DURE_LET(allocation, allocation_of(work, scene, run.allocation_id));
  DURE_LET(revision, work.tx.revisions().get(run.revision_id));
  queue::Entry entry;
  entry.run_id = run.id;
  entry.account_id = run.account_id;
  entry.allocation_id = run.allocation_id;
  entry.priority = run.priority;
  entry.queued_at = run.queued_at;
  entry.not_before = run.not_before;
  entry.request = placement::request_of(revision.spec, allocation.pool);
  DURE_LET(pack, apply_pack(work, scene, run));
  DURE_LET(workload, work.tx.workloads().get(run.workload_id));
  const auto limit_s = time_limit_of(revision.spec, workload.kind, pack->workload);
  if (limit_s > 0) entry.time_limit = base::Span::seconds(limit_s) + kToEnd;
  DURE_LET(organisation, apply_project(work, scene, run));
  entry.project_id = run.project_id;
  entry.organisation_id = organisation;
  entry.promise = promise_of(run);
  scene.specs[run.id] = revision.spec;
  scene.entries.push_back(std::move(entry));
  return {};
}

base::Status add_running(Work& work, Scene& scene, const model::Run& run) {
  DURE_LET(allocation, allocation_of(work, scene, run.allocation_id));
  DURE_LET(revision, work.tx.revisions().get(run.revision_id));
  const auto request = placement::request_of(revision.spec, allocation.pool);
  queue::Running running;
  running.run_id = run.id;
  running.account_id = run.account_id;
  running.allocation_id = run.allocation_id;
  running.amount =
      queue::amount_of(request, placement::largest_card_memory(scene.cluster, revision.spec.model));
  DURE_LET(replicas, load_all(work.tx.replicas(), ports::Query{}.where("run_id", run.id)));
  for (const auto& replica : replicas) running.replica_ids.push_back(replica.id);
  DURE_LET(pack, apply_pack(work, scene, run));
  DURE_LET(workload, work.tx.workloads().get(run.workload_id));
  running.ends_by = latest_end(run, revision.spec, workload, allocation, *pack) + kToEnd;
  DURE_LET(organisation, apply_project(work, scene, run));
  running.project_id = run.project_id;
  running.organisation_id = organisation;
  scene.running.push_back(std::move(running));
  return {};
}

// What the account has used, half as much for each half life that has passed, in milli-GPU-seconds. Of the
// last half lives only: what is older counts for less than a sixteenth.
base::Result<std::int64_t> used_by(Work& work, const model::AccountId& account, base::Span half_life) {
  constexpr std::int64_t kWeights[] = {7071, 3536, 1768, 884};  // of 10,000: in the middle of each half life
  std::int64_t used = 0;
  base::Instant until = work.now;
  for (const std::int64_t weight : kWeights) {
    const base::Instant from = half_life.us == 0 ? base::Instant{} : until - half_life;
    DURE_LET(sum, work.tx.ledger_entries().sum("milli_gpu_ms",
                                               ports::Query{}
                                                   .where("account_id", account)
                                                   .where("started_at", from, ports::Compare::kAtLeast)
                                                   .where("started_at", until, ports::Compare::kLess)));
    if (half_life.us == 0) return std::max<std::int64_t>(0, sum / 1000);
    used += base::multiply_divide(std::max<std::int64_t>(0, sum / 1000), weight, 10'000);
    until = from;
  }
  return used;
}

base::Status load_use(Work& work, Scene& scene) {
  auto& shares = scene.rules.shares;
  for (const auto& entry : scene.entries) {
    if (shares.used.contains(entry.account_id)) continue;
    DURE_LET(used, used_by(work, entry.account_id, shares.half_life));
    shares.used[entry.account_id] = used;
  }
  return {};
}

base::Result<Scene> load_scene(Work& work) {
  Scene scene;
  scene.rules.backfill = scene.rules.fair_share = true;  // unless a programme of the queue says otherwise
  scene.rules.promises = 0;
  DURE_LET(cluster, load_cluster(work));
  scene.cluster = std::move(cluster);
  DURE_LET(queued, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kQueued)));
  DURE_LET(held, load_all(work.tx.runs(), ports::Query{}.where_in(
                                              "state", {ports::scalar("assigned"), ports::scalar("running"),
                                                        ports::scalar("stopping")})));
  for (const auto& run : queued) DURE_TRY(add_entry(work, scene, run));
  for (const auto& run : held) DURE_TRY(add_running(work, scene, run));
  if (scene.rules.fair_share) DURE_TRY(load_use(work, scene));
  scene.runs = std::move(queued);
  return scene;
}

std::vector<queue::Decision> decide(const Scene& scene, base::Instant now) {
  return queue::decide(scene.entries, scene.running, scene.cluster, scene.limits, scene.rules, now);
}

bool waits_otherwise(const model::Run& run, const queue::Decision& decision) {
  return run.waiting != decision.reason || run.estimated_start_at != decision.estimated_start ||
         run.promised_on != cards_of(decision.promise);
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
  return false;
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
    if (held + milli_gpu > kWholeCard)
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
  DURE_TRY(work.save(work.tx.runs(), run));
  return work.publish("run.refused", "runs/" + run.id.text, resource_of(run),
                      "{\"code\":\"" + reason.code + "\"}");
}

base::Status keep_waiting(Work& work, model::Run run, const queue::Decision& decision) {
  const bool new_reason = !run.waiting || run.waiting->code != decision.reason->code;
  if (!waits_otherwise(run, decision)) return {};
  run.waiting = decision.reason;
  run.estimated_start_at = decision.estimated_start;
  run.promised_on = cards_of(decision.promise);
  DURE_TRY(work.save(work.tx.runs(), run));
  if (!new_reason) return {};
  return work.publish("run.waiting", "runs/" + run.id.text, resource_of(run),
                      "{\"code\":\"" + decision.reason->code + "\"}");
}

queue::Decision waiting_for(const model::Run& run, base::Reason reason) {
  queue::Decision decision;
  decision.run_id = run.id;
  decision.reason = std::move(reason);
  return decision;
}

base::Result<ScheduleCount> write_decisions(Work& work, const Scene& scene,
                                            const std::vector<queue::Decision>& decisions) {
  std::map<model::RunId, model::Run> runs;
  for (const auto& run : scene.runs) runs[run.id] = run;
  ScheduleCount count;
  for (const auto& decision : decisions) {
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
    }
  }
  return count;
}

base::Result<std::vector<queue::Entry>> queued_entries(Work& work) {
  DURE_LET(runs, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kQueued)));
  std::vector<queue::Entry> entries;
  for (const auto& run : runs) {
    queue::Entry entry;
    entry.run_id = run.id;
    entry.priority = run.priority;
    entry.queued_at = run.queued_at;
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

base::Result<ScheduleCount> schedule(World& world, const HeldLease& lease) {
  const Caller caller = system_caller(lease.role);
  // Most rounds find nothing to write: they look first, so that writers are not held up.
  auto needed = look<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
    DURE_LET(any, work.tx.runs().first(ports::Query{}.where("state", model::RunState::kQueued).at_most(1)));
    if (!any) return false;
    DURE_LET(scene, load_scene(work));
    return changes_anything(scene, decide(scene, work.now));
  });
  if (!needed) return needed.failure();
  if (!*needed) return ScheduleCount{};
  return run<ScheduleCount>(world, caller, [&](Work& work) -> base::Result<ScheduleCount> {
    DURE_TRY(check_lease(work, lease));
    DURE_LET(scene, load_scene(work));
    return write_decisions(work, scene, decide(scene, work.now));
  });
}

base::Result<std::vector<model::QueueItem>> list_queue(Work& work) {
  DURE_LET(entries, queued_entries(work));
  std::vector<model::QueueItem> items;
  std::int64_t position = 0;
  for (const auto index : queue::order(entries)) {
    ++position;
    DURE_LET(run, work.tx.runs().get(entries[index].run_id));
    if (!access::allowed(work.caller.subject, access::Permission::kWorkloadRead, resource_of(run), work.now))
      continue;
    DURE_LET(workload, work.tx.workloads().get(run.workload_id));
    DURE_LET(revision, work.tx.revisions().get(run.revision_id));
    items.push_back({run.id, run.workload_id, workload.name, run.project_id, run.account_id, position,
                     run.priority, revision.spec.model, revision.spec.blocks, revision.spec.cards,
                     run.queued_at, run.waiting, run.estimated_start_at});
  }
  return items;
}

base::Result<std::vector<model::QueueMove>> preview_move(Work& work, const model::RunId& id,
                                                         const model::MoveRun& command) {
  if (const auto run = load_for(work, work.tx.runs(), id, access::Permission::kQueueReorder); !run)
    return run.failure();
  DURE_TRY(model::check_ranges(command));
  DURE_LET(entries, queued_entries(work));
  DURE_LET(preview, queue::preview_priority(entries, id, command.priority));
  std::vector<model::QueueMove> moves;
  moves.reserve(preview.shifts.size());
  for (const auto& shift : preview.shifts)
    moves.push_back({shift.run_id, shift.old_position, shift.new_position});
  return moves;
}

namespace {

// Those that the raised run now stands before, and that wait for the same, are promised anew.
base::Status take_promises_back(Work& work, const model::Run& raised) {
  DURE_LET(spec, work.tx.revisions().get(raised.revision_id));
  DURE_LET(runs, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kQueued)));
  for (auto& run : runs) {
    if (run.id == raised.id || run.promised_on.empty() || run.priority >= raised.priority) continue;
    DURE_LET(other, work.tx.revisions().get(run.revision_id));
    if (other.spec.model != spec.spec.model) continue;
    run.promised_on.clear();
    DURE_TRY(work.save(work.tx.runs(), run));
  }
  return {};
}

}  // namespace

base::Result<model::Run> move_run(Work& work, const model::RunId& id, const model::MoveRun& command) {
  DURE_LET(run, load_for(work, work.tx.runs(), id, access::Permission::kQueueReorder));
  if (run.state != model::RunState::kQueued)
    return base::error(base::ErrorKind::kConflict, base::Reason("queue.not_queued").with("run", id.text));
  DURE_TRY(model::check_ranges(command));
  if (command.ground.empty())
    return base::invalid(base::Reason("queue.ground_missing"),
                         {{"/ground", base::Reason("queue.ground_missing")}});
  const std::int64_t was = run.priority;
  run.priority = command.priority;
  DURE_TRY(work.save(work.tx.runs(), run));
  DURE_TRY(take_promises_back(work, run));
  DURE_TRY(work.publish("run.moved", "runs/" + id.text, resource_of(run)));
  DURE_TRY(work.audit("queue.move", "runs/" + id.text, resource_of(run),
                      "{\"was\":" + std::to_string(was) + ",\"is\":" + std::to_string(run.priority) + "}"));
  return run;
}

}  // namespace dure::commands
