#include "commands/queue_scene.h"

#include <algorithm>
#include <optional>
#include <set>

#include "calendar/zone.h"
#include "commands/cluster.h"
#include "commands/maintenance.h"
#include "commands/quotas.h"
#include "commands/reads.h"
#include "commands/reservations.h"
#include "commands/rows.h"
#include "commands/runs.h"
#include "commands/shared_rows.h"
#include "placement/place.h"
#include "programme/group.h"

namespace dure::commands {
namespace {

// What a run may take to end once its time is over: the loops' rounds, SIGTERM, SIGKILL, the report.
constexpr base::Span kToEnd = base::Span::seconds(60);

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
  rules.least_run = std::max(rules.least_run, base::Span::minutes(said.least_run_minutes));
  rules.patience = std::min(rules.patience, base::Span::minutes(60 * said.unknown_start_hours));
  for (auto& closed : rules.closed)
    if (closed.why == queue::Closed::Why::kMaintenance)
      closed.endless_from = std::min(closed.endless_from,
                                     closed.from - base::Span::minutes(60 * said.maintenance_notice_hours));
  rules.shares.half_life = base::Span::minutes(60 * said.half_life_hours);
}

// The account's own ceiling (F14), and what its programme says of the queue and of what may be borrowed.
base::Result<PackPtr> apply_pack(Work& work, Scene& scene, SharedRows& rows, const model::Run& run) {
  DURE_LET(pack, rows.pack_of(work, run.programme_id));
  scene.limits.accounts[run.account_id] = account_ceiling(*pack);
  scene.limits.allocations.at(run.allocation_id).borrow_percent = pack->queue.borrow_percent;
  apply_queue(pack->queue, scene.rules);
  return pack;
}

queue::Ceiling quota_of(const Scene& scene, const std::string& subject) {
  const auto found = scene.quotas.find(subject);
  return found == scene.quotas.end() ? queue::Ceiling{} : ceiling_of(found->second);
}

// What quotas say of the run's owners, and where they are silent the pack.
void apply_run_quotas(Scene& scene, const model::Run& run, const model::Project& project,
                      const policy::Pack& pack) {
  auto& limits = scene.limits;
  limits.account_quotas[run.account_id] = quota_of(scene, run.account_id.text);
  limits.projects[project.id] =
      queue::first_said(quota_of(scene, project.id.text), ceiling_of(pack.offer.project_ceiling));
  // An organisation may take part in several programmes: the tightest of what they say.
  const auto quota = quota_of(scene, project.organisation_id.text);
  auto& ceiling = limits.organisations[project.organisation_id];
  ceiling = queue::first_said(quota, queue::tighter(ceiling, ceiling_of(pack.offer.organisation_ceiling)));
}

// A project's share is what it was allocated, an organisation's that of its projects.
base::Result<model::OrganisationId> apply_project(Scene& scene, SharedRows& rows, const model::Run& run,
                                                  const policy::Pack& pack) {
  DURE_LET(found, rows.projects.get(run.project_id));
  const model::Project& project = *found;
  apply_run_quotas(scene, run, project, pack);
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
    if (card.card_id.text.empty()) continue;
    promise.replicas.back().shares.push_back({card.card_id, {}, {}, card.mig_profile, card.mig_start, {}});
  }
  return promise;
}

base::Instant begin_of(const model::Run& run) {
  return run.started_at.value_or(run.assigned_at.value_or(run.queued_at));
}

// When the run is over at the latest: by its own limit, its policy's, or the end of its allocation; what was
// told to stop, by then.
base::Instant latest_end(const model::Run& run, const model::WorkloadSpec& spec,
                         const model::Workload& workload, const model::Allocation& allocation,
                         const policy::Pack& pack) {
  auto latest = calendar::end_of(allocation.ends_on, policy::zone_of(pack));
  const auto limit_s = time_limit_of(spec, workload.kind, pack.workload);
  if (limit_s > 0) latest = std::min(latest, begin_of(run) + base::Span::seconds(limit_s));
  if (run.stop_requested_at) latest = std::min(latest, *run.stop_requested_at);
  return latest;
}

base::Status add_entry(Work& work, Scene& scene, SharedRows& rows, const model::Run& run) {
  DURE_LET(allocation, allocation_of(work, scene, run.allocation_id));
  DURE_LET(revision, rows.revisions.get(run.revision_id));
  queue::Entry entry;
  entry.run_id = run.id;
  entry.account_id = run.account_id;
  entry.allocation_id = run.allocation_id;
  entry.priority = run.priority;
  entry.queued_at = run.queued_at;
  entry.not_before = run.not_before;
  entry.request =
      placement::request_of(revision->spec, scene.groups.pool_for(run.account_id, allocation.pool));
  DURE_LET(pack, apply_pack(work, scene, rows, run));
  DURE_LET(workload, rows.workloads.get(run.workload_id));
  const auto limit_s = time_limit_of(revision->spec, workload->kind, pack->workload);
  if (limit_s > 0) entry.time_limit = base::Span::seconds(limit_s) + kToEnd;
  DURE_LET(organisation, apply_project(scene, rows, run, *pack));
  entry.project_id = run.project_id;
  entry.organisation_id = organisation;
  entry.promise = promise_of(run);
  entry.preemptible = revision->spec.preemptible;
  scene.specs[run.id] = revision->spec;
  scene.workloads[run.id] = run.workload_id;
  scene.entries.push_back(std::move(entry));
  return {};
}

base::Status add_running(Work& work, Scene& scene, SharedRows& rows, const model::Run& run) {
  DURE_LET(allocation, allocation_of(work, scene, run.allocation_id));
  DURE_LET(revision, rows.revisions.get(run.revision_id));
  const auto request =
      placement::request_of(revision->spec, scene.groups.pool_for(run.account_id, allocation.pool));
  queue::Running running;
  running.run_id = run.id;
  running.account_id = run.account_id;
  running.allocation_id = run.allocation_id;
  running.amount =
      queue::amount_of(request, placement::largest_card_memory(scene.cluster, revision->spec.model));
  running.replica_ids = rows.replicas_of(run.id);
  DURE_LET(pack, apply_pack(work, scene, rows, run));
  DURE_LET(workload, rows.workloads.get(run.workload_id));
  running.ends_by = latest_end(run, revision->spec, *workload, allocation, *pack) + kToEnd;
  if (const auto promise = promise_of(run); promise && run.state == model::RunState::kStopping) {
    const auto limit_s = time_limit_of(revision->spec, workload->kind, pack->workload);
    running.goes_to = queue::Destination{request, promise->replicas, {}};
    if (limit_s > 0) running.goes_to->time_limit = base::Span::seconds(limit_s) + kToEnd;
  }
  DURE_LET(organisation, apply_project(scene, rows, run, *pack));
  running.project_id = run.project_id;
  running.organisation_id = organisation;
  running.preemptible = revision->spec.preemptible;
  running.began = begin_of(run);
  running.checkpoint_at = run.checkpoint_at;
  running.stopping = run.state == model::RunState::kStopping;
  scene.workloads[run.id] = run.workload_id;
  scene.running.push_back(std::move(running));
  return {};
}

// Why it may not start now: an edit of its group, or of another's, may have come while it waited.
base::Result<std::optional<base::Reason>> bar_of(const Scene& scene, SharedRows& rows,
                                                 const model::Run& run) {
  DURE_LET(revision, rows.revisions.get(run.revision_id));
  const auto may = programme::check_group_image(revision->spec.image, scene.groups.of(run.account_id),
                                                scene.groups.groups());
  return may ? std::nullopt : std::optional(may.failure().reason);
}

// A run that is broken or may not start stands aside.
base::Status add_queued(Work& work, Scene& scene, SharedRows& rows, model::Run& run) {
  if (const auto bar = bar_of(scene, rows, run); bar && *bar) {
    scene.barred.push_back({std::move(run), **bar});
    return {};
  }
  const auto added = add_entry(work, scene, rows, run);
  if (!added && !is_of_the_row(added.failure())) return added.failure();
  if (added)
    scene.runs.push_back(std::move(run));
  else
    scene.unreadable.push_back({std::move(run), added.failure().reason});
  return {};
}

// What it holds where its other rows cannot be read: its cards.
base::Status hold_by_shares(Work& work, Scene& scene, const SharedRows& rows, const model::Run& run,
                            const base::Error& failure) {
  if (!is_of_the_row(failure)) return failure;
  queue::Running running;
  running.run_id = run.id;
  running.account_id = run.account_id;
  running.allocation_id = run.allocation_id;
  running.project_id = run.project_id;
  running.amount.runs = 1;
  DURE_LET(shares,
           load_all(work.tx.shares(), ports::Query{}.where("run_id", run.id).where_null("released_at")));
  for (const auto& share : shares) {
    running.amount.gpu = running.amount.gpu + share.milli_gpu;
    running.amount.card_memory = running.amount.card_memory + share.memory;
  }
  running.replica_ids = rows.replicas_of(run.id);
  if (const auto project = work.tx.projects().get(run.project_id); project)
    running.organisation_id = project->organisation_id;
  scene.running.push_back(std::move(running));
  return {};
}

base::Status load_quotas(Work& work, Scene& scene) {
  DURE_LET(quotas, load_all(work.tx.quotas(), {}));
  for (auto& quota : quotas)
    if (in_force(quota, work.now)) scene.quotas.emplace(quota.id.text, std::move(quota));
  return {};
}

// A weight that an operator has set stands in place of the blocks.
void weigh_by_quotas(Scene& scene) {
  auto& shares = scene.rules.shares;
  for (const auto& [subject, quota] : scene.quotas) {
    if (!quota.weight) continue;
    switch (quota.scope) {
      case model::QuotaScope::kOrganisation:
        shares.organisation_weights[model::OrganisationId(subject)] = *quota.weight;
        break;
      case model::QuotaScope::kProject:
        shares.weights[model::ProjectId(subject)] = *quota.weight;
        break;
      case model::QuotaScope::kAccount:
        shares.account_weights[model::AccountId(subject)] = *quota.weight;
        break;
    }
  }
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

// Of all for whom something waits or runs: what one account had counts for its project, too.
base::Status load_use(Work& work, Scene& scene) {
  auto& shares = scene.rules.shares;
  std::set<model::AccountId> accounts;
  for (const auto& entry : scene.entries) accounts.insert(entry.account_id);
  for (const auto& run : scene.running) accounts.insert(run.account_id);
  for (const auto& account : accounts) {
    DURE_LET(used, used_by(work, account, shares.half_life));
    shares.used[account] = used;
  }
  return {};
}

}  // namespace

base::Result<Scene> load_scene(Work& work) {
  Scene scene;
  scene.now = work.now;
  scene.rules.backfill = scene.rules.fair_share = true;  // unless a programme of the queue says otherwise
  scene.rules.promises = 0;
  scene.rules.least_run = {};
  scene.rules.stop_grace = kToEnd;
  scene.rules.patience = placement::kForever;
  DURE_LET(windows, open_windows(work));
  std::set<model::NodeId> as_ready;
  for (const auto& window : windows) {
    if (window.drained) as_ready.insert(window.node_id);
    scene.rules.closed.push_back({window.node_id, window.starts_at, window.ends_at, window.starts_at,
                                  queue::Closed::Why::kMaintenance});
  }
  DURE_LET(reservations, open_reservations(work));
  for (const auto& each : reservations) {
    std::vector<model::NodeId> nodes(each.node_ids.begin(), each.node_ids.end());
    scene.rules.reserved.push_back({std::move(nodes), each.project_id, each.starts_at, each.ends_at});
  }
  DURE_LET(unended, unended_replicas(work));
  DURE_LET(groups, load_groups(work));
  scene.groups = std::move(groups);
  DURE_LET(cluster, load_cluster(work, unended, as_ready, scene.groups));
  scene.cluster = std::move(cluster);
  DURE_LET(queued, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kQueued)));
  DURE_LET(held, load_all(work.tx.runs(), ports::Query{}.where_in(
                                              "state", {ports::scalar("assigned"), ports::scalar("running"),
                                                        ports::scalar("stopping")})));
  DURE_TRY(load_quotas(work, scene));
  SharedRows rows(work);
  DURE_TRY(rows.fetch(queued));
  DURE_TRY(rows.fetch(held));
  rows.add(unended);
  for (auto& run : queued) DURE_TRY(add_queued(work, scene, rows, run));
  for (const auto& run : held) {
    const auto added = add_running(work, scene, rows, run);
    if (!added) DURE_TRY(hold_by_shares(work, scene, rows, run, added.failure()));
  }
  weigh_by_quotas(scene);
  if (scene.rules.fair_share) DURE_TRY(load_use(work, scene));
  return scene;
}

}  // namespace dure::commands
