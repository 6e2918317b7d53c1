#include "queue/decide.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "placement/place.h"
#include "queue/departures.h"
#include "queue/help.h"
#include "queue/order.h"
#include "queue/owners.h"
#include "queue/scheduler.h"

namespace dure::queue {
namespace {

// How long who was promised cards waits for those that are stopping there.
constexpr base::Span kPatience = base::Span::minutes(5);

// Who stands farther behind, or comes after so many, is not told what would help: each costs some searches.
constexpr std::int64_t kMostHelped = 20, kMostHelpedAtOnce = 100;

Decision refuse(const Entry& entry, placement::RefusalKind kind, base::Reason reason) {
  Decision decision;
  decision.run_id = entry.run_id;
  decision.verdict = Verdict::kRefuse;
  decision.refusal = kind;
  decision.reason = std::move(reason);
  return decision;
}

Decision wait(const Entry& entry, base::Reason reason) {
  Decision decision;
  decision.run_id = entry.run_id;
  decision.reason = std::move(reason);
  return decision;
}

base::Reason not_active(const std::string& state) {
  return base::Reason("queue.allocation_not_active").with("state", state);
}

// One model of those that will do is the allocation's, or is an instance of it.
bool allocated(const std::string& model, const placement::Request& request) {
  if (model.empty() || request.model.empty() || placement::model_will_do(request, model)) return true;
  const auto instance = placement::named_instance(request);
  return instance && instance->model->name == model;
}

// One decision over the whole queue.
class Deciding {
 public:
  Deciding(const std::vector<Entry>& entries, const std::vector<Running>& running,
           const placement::Cluster& cluster, const Limits& limits, const Rules& rules, base::Instant now);
  std::vector<Decision> decide();

 private:
  base::Bytes card_memory(const std::string& model);
  Amount amount(const Entry& entry) { return amount_of(entry.request, card_memory(entry.request.model)); }
  void adopt(const Running& run);
  void close();
  bool in_the_way(const Closed& closed, const Entry& entry) const;
  std::optional<base::Instant> closed_until(const Entry& entry, const placement::Plan& plan) const;
  std::optional<std::vector<placement::Spot>> spots_of(
      const std::vector<placement::PlannedReplica>& replicas) const;
  void see_leaving(const Running& run, const Job& job, const std::vector<placement::Spot>& spots);
  std::optional<Decision> awaits_cards(const Entry& entry);
  std::optional<Job> job_of(const Entry& entry, const placement::Request& request);
  void submit(const Entry& entry);
  void restore(const Entry& entry, Handle handle);
  std::optional<Decision> refused(const Entry& entry);
  std::optional<Decision> stands_aside(const Entry& entry) const;
  std::optional<Decision> over_ceiling(const Entry& entry);
  void act(const Action& action);
  Decision stopped(const Action& action);
  Decision started(const Entry& entry, const std::vector<placement::Spot>& spots);
  Decision waits(const Entry& entry);
  base::Reason at_ceiling(const Entry& entry, std::size_t owner);
  base::Reason no_room(const Entry& entry, std::int64_t ahead) const;
  std::optional<Promise> promise(const Entry& entry, Handle handle) const;
  std::vector<std::string> models_in_reach(const Entry& entry) const;
  std::vector<base::Reason> what_helps(const Entry& entry, Handle handle);
  std::vector<const Entry*> in_order() const;

  const std::vector<Entry>& entries_;
  const placement::Cluster& cluster_;
  const Limits& limits_;
  const Rules& rules_;
  base::Instant now_;
  OwnerTree owners_;
  std::map<std::string, base::Bytes> card_memory_;
  std::map<model::RunId, std::pair<std::size_t, std::size_t>> owners_of_;  // account, allocation
  std::unique_ptr<Scheduler> scheduler_;
  std::optional<Departures> departures_;  // where anything is stopping
  std::map<model::RunId, Handle> handles_;
  std::map<Handle, const Entry*> entry_of_;
  std::map<Handle, model::RunId> run_of_;
  std::vector<Decision> stops_;
  placement::Cluster after_;                        // with what has started
  std::map<std::size_t, std::int64_t> waiting_in_;  // by lane
  std::map<model::RunId, Decision> decided_;
  std::int64_t helped_ = 0;
};

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
                        .least_run = rules.least_run,
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

// What it holds, as the cluster has it; one of which a card is gone ends at no known time.
void Deciding::adopt(const Running& run) {
  Job job;
  std::tie(job.owner, job.also) = owners_of_.at(run.run_id);
  job.amount = run.amount;
  job.preemptible = run.preemptible;
  std::vector<placement::Spot> spots;
  for (const model::ReplicaId& id : run.replica_ids) {
    const auto hold = cluster_.holds().find(id);
    if (hold == cluster_.holds().end()) continue;
    const auto spot = cluster_.spot_of(hold->second.node_id, hold->second.shares);
    if (!spot) {
      spots.clear();
      break;
    }
    spots.push_back(*spot);
    job.shape = cluster_.shape_of(hold->second);
  }
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
  departures_->leaves(job.shape, spots);
  if (!run.goes_to) return;
  const auto shape = cluster_.index().shape_of(run.goes_to->request);
  auto there = spots_of(run.goes_to->replicas);
  if (!shape || !there) return;
  Job next = job;
  next.shape = *shape;
  next.time_limit = run.goes_to->time_limit.value_or(placement::kForever);
  scheduler_->keep(next, *std::move(there));
}

std::optional<std::vector<placement::Spot>> Deciding::spots_of(
    const std::vector<placement::PlannedReplica>& replicas) const {
  std::vector<placement::Spot> spots;
  for (const placement::PlannedReplica& replica : replicas) {
    const auto spot = cluster_.spot_of(replica.node_id, replica.shares);
    if (!spot) return std::nullopt;
    spots.push_back(*spot);
  }
  return spots;
}

// Its time has come, and those on its cards are about to leave.
std::optional<Decision> Deciding::awaits_cards(const Entry& entry) {
  if (!departures_ || !entry.promise) return std::nullopt;
  const base::Instant start = entry.promise->start;
  if (now_ < start || start + kPatience < now_) return std::nullopt;
  auto spots = spots_of(entry.promise->replicas);
  if (!spots || !departures_->make_room(*cluster_.index().shape_of(entry.request), *spots))
    return std::nullopt;
  scheduler_->keep(*job_of(entry, entry.request), *std::move(spots));
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
  if (auto spots = spots_of(entry.promise->replicas))
    scheduler_->adopt_promise(handle, entry.promise->start, *std::move(spots));
}

std::optional<Decision> Deciding::refused(const Entry& entry) {
  const auto found = limits_.allocations.find(entry.allocation_id);
  if (found != limits_.allocations.end()) {
    const AllocationLimit& allocation = found->second;
    if (!may_run(allocation.state) && !may_run_later(allocation.state))
      return refuse(entry, placement::RefusalKind::kNotAllowed,
                    not_active(std::string(model::to_text(allocation.state))));
    if (!allocated(allocation.model, entry.request))
      return refuse(entry, placement::RefusalKind::kNotAllowed,
                    base::Reason("queue.model_not_allocated")
                        .with("asked_model", entry.request.model)
                        .with("allocated_model", allocation.model));
  }
  if (auto never = placement::possible(cluster_, entry.request))
    return refuse(entry, never->kind, std::move(never->reason));
  return over_ceiling(entry);
}

std::optional<Decision> Deciding::over_ceiling(const Entry& entry) {
  const Amount asked = amount(entry);
  const auto found = limits_.accounts.find(entry.account_id);
  auto reason =
      passed(found == limits_.accounts.end() ? limits_.any_account : found->second, {}, asked, "account");
  const Quotas& quotas = owners_.quotas();
  for (std::size_t owner = owners_of_.at(entry.run_id).second; !reason && owner != Quotas::kRoot;
       owner = quotas.parent(owner))
    reason = passed(quotas.ceiling(owner), {}, asked, "allocation");
  if (!reason) return std::nullopt;
  return refuse(entry, placement::RefusalKind::kNotAllowed, *std::move(reason));
}

std::optional<Decision> Deciding::stands_aside(const Entry& entry) const {
  if (!entry.held_by.empty()) return wait(entry, base::Reason("queue.held").with("by", entry.held_by));
  const auto found = limits_.allocations.find(entry.allocation_id);
  if (found == limits_.allocations.end()) return wait(entry, not_active("unknown"));
  if (!may_run(found->second.state))
    return wait(entry, not_active(std::string(model::to_text(found->second.state))));
  if (!entry.not_before || *entry.not_before <= now_) return std::nullopt;
  Decision pause =
      wait(entry, base::Reason("queue.retry_pause").with("until", base::to_text(*entry.not_before)));
  pause.estimated_start = entry.not_before;
  return pause;
}

Decision Deciding::started(const Entry& entry, const std::vector<placement::Spot>& spots) {
  Decision decision;
  decision.run_id = entry.run_id;
  decision.verdict = Verdict::kStart;
  decision.plan = placement::Plan{after_.version(), {}};
  std::vector<model::ReplicaId> ids;
  for (const placement::Spot& spot : spots) {
    decision.plan->replicas.push_back(cluster_.index().planned(cluster_.nodes(), entry.request, spot));
    decision.plan->replicas.back().number = static_cast<std::int64_t>(ids.size());
    ids.emplace_back(entry.run_id.text + "/" + std::to_string(ids.size()));
  }
  const base::Status taken = after_.commit(*decision.plan, ids);
  DURE_ASSERT(taken.ok());
  return decision;
}

Decision Deciding::stopped(const Action& action) {
  const std::int64_t blocks = scheduler_->job(action.asker).amount.gpu.value / 10;
  Decision decision;
  decision.run_id = run_of_.at(action.entry);
  decision.verdict = Verdict::kStop;
  decision.reason = base::Reason("queue.reclaimed").with("blocks", blocks);
  return decision;
}

// Promises are read where the entry stands.
void Deciding::act(const Action& action) {
  if (action.kind == ActionKind::kStop) stops_.push_back(stopped(action));
  if (action.kind != ActionKind::kStart) return;
  const Entry& entry = *entry_of_.at(action.entry);
  decided_[entry.run_id] = started(entry, action.spots);
}

// Of the ceiling's owner, in the words of its own dimension.
base::Reason Deciding::at_ceiling(const Entry& entry, std::size_t owner) {
  const Quotas& quotas = scheduler_->quotas();
  auto reason = passed(quotas.ceiling(owner), quotas.held(owner), amount(entry), owners_.scope(owner));
  // Where those of its like that stand before it will fill what is left.
  return reason ? *std::move(reason) : base::Reason("queue.behind").with("ahead", 1).with("position", 2);
}

base::Reason Deciding::no_room(const Entry& entry, std::int64_t ahead) const {
  if (ahead > 0) return base::Reason("queue.behind").with("ahead", ahead).with("position", ahead + 1);
  placement::Answer answer = placement::place(after_, entry.request);
  if (auto* refusal = std::get_if<placement::Refusal>(&answer)) return std::move(refusal->reason);
  if (const auto until = closed_until(entry, std::get<placement::Plan>(answer)))
    return base::Reason("queue.maintenance").with("until", base::to_text(*until));
  return base::Reason("queue.reserved");
}

// Whether the entry, started now, would still run when that closes.
bool Deciding::in_the_way(const Closed& closed, const Entry& entry) const {
  if (closed.until <= now_) return false;
  if (entry.time_limit) return closed.from < placement::end_of(now_, *entry.time_limit);
  return heed_of(closed, now_) == placement::Heed::kAll;
}

// Where there is room, as in that plan, only on machines that are closed or soon to be: when that plan could
// be carried out.
std::optional<base::Instant> Deciding::closed_until(const Entry& entry, const placement::Plan& plan) const {
  std::map<model::NodeId, base::Instant> nodes;
  for (const Closed& closed : rules_.closed)
    if (closed.why == Closed::Why::kMaintenance && in_the_way(closed, entry))
      nodes[closed.node_id] = std::max(nodes[closed.node_id], closed.until);
  if (nodes.empty()) return std::nullopt;
  std::set<model::NodeId> names;
  for (const auto& [node, until] : nodes) names.insert(node);
  const placement::Answer elsewhere = placement::place(after_.without(names), entry.request);
  if (std::holds_alternative<placement::Plan>(elsewhere)) return std::nullopt;
  std::optional<base::Instant> latest;
  for (const placement::PlannedReplica& replica : plan.replicas)
    if (const auto found = nodes.find(replica.node_id); found != nodes.end())
      latest = std::max(latest.value_or(found->second), found->second);
  return latest;
}

std::optional<Promise> Deciding::promise(const Entry& entry, Handle handle) const {
  const auto start = scheduler_->promised_start(handle);
  if (!start) return std::nullopt;
  Promise made{*start, {}};
  for (const placement::Spot& spot : scheduler_->spots(handle)) {
    made.replicas.push_back(cluster_.index().planned(cluster_.nodes(), entry.request, spot));
    made.replicas.back().number = static_cast<std::int64_t>(made.replicas.size()) - 1;
  }
  return made;
}

// Without a model of its own the allocation may use any.
std::vector<std::string> Deciding::models_in_reach(const Entry& entry) const {
  const auto found = limits_.allocations.find(entry.allocation_id);
  if (found == limits_.allocations.end() || !found->second.model.empty()) return {};
  return placement::models(cluster_, entry.request.pool);
}

std::vector<base::Reason> Deciding::what_helps(const Entry& entry, Handle handle) {
  std::vector<base::Reason> reasons;
  const Asking asking{entry.request, handle, models_in_reach(entry),
                      [&](const placement::Request& request) { return job_of(entry, request); }};
  for (const placement::Alternative& alternative : queue::what_helps(*scheduler_, asking, now_))
    reasons.push_back(reason_of(alternative));
  return reasons;
}

Decision Deciding::waits(const Entry& entry) {
  const Handle handle = handles_.at(entry.run_id);
  const bool aside = scheduler_->standing(handle) == Standing::kCeiling;
  const std::int64_t ahead = aside ? 0 : waiting_in_[scheduler_->lane(handle)]++;
  Decision decision =
      wait(entry, aside ? at_ceiling(entry, scheduler_->ceiling_owner(handle)) : no_room(entry, ahead));
  decision.ahead = ahead;
  decision.promise = promise(entry, handle);
  decision.estimated_start = scheduler_->estimate(handle);
  if (ahead < kMostHelped && helped_++ < kMostHelpedAtOnce) decision.alternatives = what_helps(entry, handle);
  return decision;
}

// By priority and time; where shares decide, what waits for room by its turn, in the places of those.
std::vector<const Entry*> Deciding::in_order() const {
  std::vector<const Entry*> list;
  for (const std::size_t i : order(entries_)) list.push_back(&entries_[i]);
  if (!rules_.fair_share) return list;
  std::map<Handle, const Entry*> by_handle;
  for (const Entry* entry : list)
    if (const auto found = handles_.find(entry->run_id); found != handles_.end())
      by_handle[found->second] = entry;
  std::vector<const Entry*> turns;
  for (const Handle handle : scheduler_->order()) turns.push_back(by_handle.at(handle));
  const std::set<const Entry*> moved(turns.begin(), turns.end());
  auto next = turns.begin();
  for (const Entry*& entry : list)
    if (moved.contains(entry)) entry = *next++;
  return list;
}

std::vector<Decision> Deciding::decide() {
  for (const std::size_t i : order(entries_)) {
    const Entry& entry = entries_[i];
    auto at_once = refused(entry);
    if (!at_once) at_once = stands_aside(entry);
    if (!at_once) at_once = awaits_cards(entry);
    if (at_once) {
      decided_[entry.run_id] = *std::move(at_once);
      continue;
    }
    submit(entry);
    restore(entry, handles_.at(entry.run_id));
    entry_of_[handles_.at(entry.run_id)] = &entry;
  }
  scheduler_->look_everywhere();
  for (const Action& action : scheduler_->cycle(now_)) act(action);
  std::vector<Decision> decisions;
  std::int64_t position = 0, version = cluster_.version();
  for (const Entry* entry : in_order()) {
    const auto found = decided_.find(entry->run_id);
    decisions.push_back(found == decided_.end() ? waits(*entry) : found->second);
    if (decisions.back().verdict == Verdict::kWait) decisions.back().position = ++position;
    if (decisions.back().verdict == Verdict::kStart) decisions.back().plan->version = version++;
  }
  decisions.insert(decisions.end(), stops_.begin(), stops_.end());
  return decisions;
}

}  // namespace

std::vector<Decision> decide(const std::vector<Entry>& entries, const std::vector<Running>& running,
                             const placement::Cluster& cluster, const Limits& limits, const Rules& rules,
                             base::Instant now) {
  return Deciding(entries, running, cluster, limits, rules, now).decide();
}

}  // namespace dure::queue
