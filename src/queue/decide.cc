#include "queue/decide.h"

#include <algorithm>
#include <set>

#include "placement/place.h"
#include "queue/deciding.h"
#include "queue/help.h"
#include "queue/order.h"

namespace dure::queue {
namespace {

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

base::Reason not_active(const std::string& state) {
  return base::Reason("queue.allocation_not_active").with("state", state);
}

// One model of those that will do is the allocation's, or is an instance of it.
bool allocated(const std::string& model, const placement::Request& request) {
  if (model.empty() || request.model.empty() || placement::model_will_do(request, model)) return true;
  const auto instance = placement::named_instance(request);
  return instance && instance->model->name == model;
}

}  // namespace

Decision wait(const Entry& entry, base::Reason reason) {
  Decision decision;
  decision.run_id = entry.run_id;
  decision.reason = std::move(reason);
  return decision;
}

std::optional<Decision> stands_aside(const Entry& entry, const Limits& limits, base::Instant now) {
  if (!entry.held_by.empty()) return wait(entry, base::Reason("queue.held").with("by", entry.held_by));
  const auto found = limits.allocations.find(entry.allocation_id);
  if (found == limits.allocations.end()) return wait(entry, not_active("unknown"));
  if (!may_run(found->second.state))
    return wait(entry, not_active(std::string(model::to_text(found->second.state))));
  if (!entry.not_before || *entry.not_before <= now) return std::nullopt;
  Decision pause =
      wait(entry, base::Reason("queue.retry_pause").with("until", base::to_text(*entry.not_before)));
  pause.estimated_start = entry.not_before;
  return pause;
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
                      [&](const placement::Request& request) { return job_of(entry, request); },
                      rules_.stop_grace};
  for (const placement::Alternative& alternative : queue::what_helps(*scheduler_, asking, now_))
    reasons.push_back(reason_of(alternative));
  return reasons;
}

Decision Deciding::waits(const Entry& entry) {
  const Handle handle = handles_.at(entry.run_id);
  const bool aside = scheduler_->standing(handle) == Standing::kCeiling;
  const std::int64_t ahead = aside ? 0 : waiting_in_[scheduler_->lane(handle)]++;
  Decision decision;
  decision.run_id = entry.run_id;
  decision.ahead = ahead;
  decision.promise = promise(entry, handle);
  decision.estimated_start = scheduler_->estimate(handle);
  if (telling_ == Telling::kPlans) return decision;
  decision.reason = aside ? at_ceiling(entry, scheduler_->ceiling_owner(handle)) : no_room(entry, ahead);
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

std::vector<Decision> Deciding::decide(Telling telling) {
  telling_ = telling;
  for (const std::size_t i : order(entries_)) {
    const Entry& entry = entries_[i];
    auto at_once = refused(entry);
    if (!at_once) at_once = stands_aside(entry, limits_, now_);
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

std::vector<Decision> decide(const std::vector<Entry>& entries, const std::vector<Running>& running,
                             const placement::Cluster& cluster, const Limits& limits, const Rules& rules,
                             base::Instant now, Telling telling) {
  return Deciding(entries, running, cluster, limits, rules, now).decide(telling);
}

}  // namespace dure::queue
