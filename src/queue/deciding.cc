#include "queue/deciding.h"

#include <algorithm>

#include "placement/place.h"
#include "queue/held.h"

namespace dure::queue {
namespace {

// What starts in this decision is not stopped by it.
constexpr base::Span kAMoment{1};

// How long who was promised cards waits for those that are stopping there.
constexpr base::Span kPatience = base::Span::minutes(5);

}  // namespace

Deciding::Deciding(const std::vector<Entry>& entries, const std::vector<Running>& running,
                   const placement::Cluster& cluster, const Limits& limits, const Rules& rules,
                   base::Instant now)
    : entries_(entries),
      cluster_(cluster),
      limits_(limits),
      rules_(rules),
      now_(now),
      owners_(limits, rules, now),
      after_(cluster) {
  for (const Running& run : running)
    owners_of_[run.run_id] = {owners_.account(run.organisation_id, run.project_id, run.account_id),
                              owners_.allocation(run.allocation_id, run.preemptible)};
  for (const Entry& entry : entries)
    owners_of_[entry.run_id] = {owners_.account(entry.organisation_id, entry.project_id, entry.account_id),
                                owners_.allocation(entry.allocation_id, entry.preemptible)};
  const Setting setting{.fair_share = rules.fair_share,
                        .backfill = rules.backfill,
                        .promises = rules.promises,
                        .tries = rules.backfill_at_most,
                        .ageing = rules.ageing,
                        .patience = rules.patience,
                        .reclaim = true,
                        .least_run = std::max(rules.least_run, kAMoment),
                        .stop_grace = rules.stop_grace};
  scheduler_ =
      std::make_unique<Scheduler>(cluster.index().forest(), owners_.quotas(), owners_.shares(), setting, now);
  scheduler_->set_topology(cluster.index().topology());
  for (const Running& run : running) adopt(run);
  close();
}

base::Bytes Deciding::card_memory(const std::string& model) {
  const auto found = card_memory_.find(model);
  if (found != card_memory_.end()) return found->second;
  return card_memory_[model] = placement::largest_card_memory(cluster_, model);
}

// What it holds, as the cluster has it; one of which that is not known ends at no known time.
void Deciding::adopt(const Running& run) {
  Job job;
  std::tie(job.owner, job.also) = owners_of_.at(run.run_id);
  job.amount = run.amount;
  job.preemptible = run.preemptible;
  auto [shape, spots] = held_by(cluster_, run.replica_ids);
  job.shape = shape;
  job.replicas = std::max<std::int64_t>(1, static_cast<std::int64_t>(spots.size()));
  const base::Instant ends = spots.empty() ? placement::kNever : run.ends_by.value_or(placement::kNever);
  if (run.stopping) see_leaving(run, job, spots);
  const Handle handle = scheduler_->adopt(job, std::move(spots), now_, ends);
  scheduler_->recall(handle, {run.began.value_or(now_), run.checkpoint_at, run.stopping});
  run_of_[handle] = run.run_id;
}

// Every slot of the nodes that are closed for a while.
void Deciding::close() {
  std::map<model::NodeId, std::vector<const Closed*>> by_node;
  for (const Closed& closed : rules_.closed)
    if (closed.until > std::max(closed.from, now_)) by_node[closed.node_id].push_back(&closed);
  if (by_node.empty()) return;
  const placement::Index& index = cluster_.index();
  for (std::size_t slot = 0; slot < index.forest().slots().size(); ++slot) {
    const auto found = by_node.find(cluster_.nodes()[index.node_of(slot)].id);
    if (found == by_node.end()) continue;
    for (const Closed* closed : found->second)
      scheduler_->plan_maintenance(slot, std::max(closed->from, now_), closed->until, heed_of(*closed, now_));
  }
}

// What it leaves, and where it goes.
void Deciding::see_leaving(const Running& run, const Job& job, const std::vector<placement::Spot>& spots) {
  if (!departures_) departures_.emplace(scheduler_->forest());
  departures_->leaves(job.shape, spots);  // nothing, where it is not known what
  if (!run.goes_to) return;
  const auto shape = cluster_.index().shape_of(run.goes_to->request);
  if (!shape) return;
  auto there = spots_of(run.goes_to->replicas, *shape);
  if (!there) return;
  Job next = job;
  next.shape = *shape;
  next.time_limit = run.goes_to->time_limit.value_or(placement::kForever);
  scheduler_->keep(next, *std::move(there));
}

// Nothing where one of them is not there, or was planned for another shape.
std::optional<std::vector<placement::Spot>> Deciding::spots_of(
    const std::vector<placement::PlannedReplica>& replicas, const placement::Shape& shape) const {
  std::vector<placement::Spot> spots;
  for (const placement::PlannedReplica& replica : replicas) {
    const auto spot = cluster_.spot_of(replica.node_id, replica.shares);
    if (!spot || !is_of(cluster_, replica, shape)) return std::nullopt;
    spots.push_back(*spot);
  }
  return spots;
}

// Its time has come, and those on its cards are about to leave. Where a ceiling has come in its way it waits
// as any other.
std::optional<Decision> Deciding::awaits_cards(const Entry& entry) {
  if (!departures_ || !entry.promise) return std::nullopt;
  const base::Instant start = entry.promise->start;
  if (now_ < start || start + kPatience < now_) return std::nullopt;
  if (static_cast<std::int64_t>(entry.promise->replicas.size()) != entry.request.replicas)
    return std::nullopt;
  const placement::Shape shape = *cluster_.index().shape_of(entry.request);
  auto spots = spots_of(entry.promise->replicas, shape);
  if (!spots || !departures_->make_room(shape, *spots)) return std::nullopt;
  if (!scheduler_->keep_with_quota(*job_of(entry, entry.request), *std::move(spots))) return std::nullopt;
  Decision kept = wait(entry, base::Reason("queue.cards_not_left"));
  kept.estimated_start = start;
  kept.promise = entry.promise;
  return kept;
}

// What the entry's owner would ask for with that request. Nothing where there is no such pool or model.
std::optional<Job> Deciding::job_of(const Entry& entry, const placement::Request& request) {
  const auto shape = cluster_.index().shape_of(request);
  if (!shape) return std::nullopt;
  Job job;
  std::tie(job.owner, job.also) = owners_of_.at(entry.run_id);
  job.priority = entry.priority;
  job.queued_at = entry.queued_at;
  job.shape = *shape;
  job.replicas = request.replicas;
  job.apart = request.apart;
  if (entry.time_limit) job.time_limit = *entry.time_limit;
  job.amount = amount_of(request, card_memory(request.model));
  job.preemptible = entry.preemptible;
  return job;
}

void Deciding::submit(const Entry& entry) {
  handles_[entry.run_id] = scheduler_->submit(*job_of(entry, entry.request));
}

void Deciding::restore(const Entry& entry, Handle handle) {
  if (!entry.promise) return;
  if (auto spots = spots_of(entry.promise->replicas, scheduler_->job(handle).shape))
    scheduler_->adopt_promise(handle, entry.promise->start, *std::move(spots));
}

}  // namespace dure::queue
