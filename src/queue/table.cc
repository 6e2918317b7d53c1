#include "queue/table.h"

#include "placement/place.h"

namespace dure::queue {

Lane lane_of(const Entry& entry) {
  return {entry.request.pool, entry.request.model};
}

Table::Table(const placement::Cluster& cluster, const std::vector<Running>& running, const Limits& limits,
             base::Instant now)
    : cluster_(cluster), limits_(&limits) {
  for (const std::string& model : placement::models(cluster, ""))
    card_memory_[model] = placement::largest_card_memory(cluster, model);
  for (const Running& run : running)
    add({run.amount, run.account_id, run.allocation_id, run.replica_ids},
        run.ends_by && *run.ends_by > now ? run.ends_by : std::nullopt);
}

void Table::add(Use use, std::optional<base::Instant> ends_by) {
  by_account_[use.account_id] = by_account_[use.account_id] + use.amount;
  by_allocation_[use.allocation_id] = by_allocation_[use.allocation_id] + use.amount;
  if (ends_by) ends_.emplace(*ends_by, std::move(use));
}

base::Bytes Table::card_memory(const std::string& model) const {
  const auto found = card_memory_.find(model);
  return found == card_memory_.end() ? base::Bytes{} : found->second;
}

Amount Table::amount_of(const Entry& entry) const {
  return queue::amount_of(entry.request, card_memory(entry.request.model));
}

namespace {

template <class Id>
Amount used_by(const std::map<Id, Amount>& amounts, const Id& id) {
  const auto found = amounts.find(id);
  return found == amounts.end() ? Amount{} : found->second;
}

bool over(const std::optional<base::Reason>& reason) {
  return reason && reason->code == "queue.over_ceiling";
}

}  // namespace

std::optional<base::Reason> Table::own_ceiling(const Entry& entry) const {
  const Amount asked = amount_of(entry);
  const auto account = limits_->accounts.find(entry.account_id);
  const Ceiling& of_account = account == limits_->accounts.end() ? limits_->any_account : account->second;
  auto by_account = passed(of_account, used_by(by_account_, entry.account_id), asked, "account");
  const auto allocation = limits_->allocations.find(entry.allocation_id);
  if (allocation == limits_->allocations.end() || over(by_account)) return by_account;
  auto by_allocation =
      passed(allocation->second.ceiling, used_by(by_allocation_, entry.allocation_id), asked, "allocation");
  return by_allocation && (over(by_allocation) || !by_account) ? by_allocation : by_account;
}

placement::Answer Table::place(const Entry& entry) const {
  return placement::place(cluster_, entry.request);
}

void Table::start(const Entry& entry, const placement::Plan& plan, base::Instant now) {
  std::vector<model::ReplicaId> ids;
  ids.reserve(plan.replicas.size());
  for (const placement::PlannedReplica& replica : plan.replicas)
    ids.emplace_back(entry.run_id.text + "/" + std::to_string(replica.number));
  const base::Status taken = cluster_.commit(plan, ids);
  DURE_ASSERT(taken.ok());
  std::optional<base::Instant> ends_by;
  if (entry.time_limit) ends_by = now + *entry.time_limit;
  add({amount_of(entry), entry.account_id, entry.allocation_id, std::move(ids)}, ends_by);
}

std::optional<base::Instant> Table::next_end(base::Instant now) const {
  if (ends_.empty()) return std::nullopt;
  return std::max(now, ends_.begin()->first);
}

void Table::end_until(base::Instant now) {
  while (!ends_.empty() && ends_.begin()->first <= now) {
    const Use use = std::move(ends_.begin()->second);
    ends_.erase(ends_.begin());
    by_account_[use.account_id] = by_account_[use.account_id] - use.amount;
    by_allocation_[use.allocation_id] = by_allocation_[use.allocation_id] - use.amount;
    for (const model::ReplicaId& id : use.replica_ids) cluster_.release(id);
  }
}

namespace {

// One pass over what waits, at one moment. True where all of them have started.
bool start_what_fits(Table& table, const std::vector<const Entry*>& waiting, base::Instant at,
                     std::vector<std::optional<base::Instant>>& starts) {
  std::set<Lane> blocked;
  bool all = true;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (starts[i]) continue;
    const Entry& entry = *waiting[i];
    const bool aside = blocked.contains(lane_of(entry)) || table.own_ceiling(entry).has_value();
    if (!aside) {
      const placement::Answer answer = table.place(entry);
      if (const auto* plan = std::get_if<placement::Plan>(&answer)) {
        table.start(entry, *plan, at);
        starts[i] = at;
        continue;
      }
      blocked.insert(lane_of(entry));
    }
    all = false;
  }
  return all;
}

}  // namespace

std::vector<std::optional<base::Instant>> forecast(Table table, const std::vector<const Entry*>& waiting,
                                                   base::Instant now) {
  std::vector<std::optional<base::Instant>> starts(waiting.size());
  bool all = waiting.empty();
  for (auto at = table.next_end(now); at && !all; at = table.next_end(*at)) {
    table.end_until(*at);
    all = start_what_fits(table, waiting, *at, starts);
  }
  return starts;
}

}  // namespace dure::queue
