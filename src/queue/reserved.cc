#include "queue/reserved.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "placement/place.h"
#include "queue/deciding.h"

namespace dure::queue {
namespace {

constexpr base::Instant kLongAgo{};
constexpr base::Span kLonger = base::Span::days(36'500);  // than anything runs

using Periods = std::vector<std::pair<base::Instant, base::Instant>>;

Closed closed(const model::NodeId& node, base::Instant from, base::Instant until) {
  return {node, from, until, kLongAgo, Closed::Why::kReserved};
}

// What is reserved for others than this project is closed to it; for no project: all.
void close_reserved(const Rules& rules, const model::ProjectId& except, std::vector<Closed>& list) {
  for (const Reserved& each : rules.reserved)
    if (each.project_id != except)
      for (const model::NodeId& node : each.nodes) list.push_back(closed(node, each.from, each.until));
}

// By node, the times that are the project's, by their start.
std::map<model::NodeId, Periods> periods_of(const Rules& rules, const model::ProjectId& project) {
  std::map<model::NodeId, Periods> periods;
  for (const Reserved& each : rules.reserved)
    if (each.project_id == project)
      for (const model::NodeId& node : each.nodes) periods[node].emplace_back(each.from, each.until);
  for (auto& [node, list] : periods) std::sort(list.begin(), list.end());
  return periods;
}

base::Instant end_of(const Entry& entry) {
  return entry.time_limit ? placement::end_of(entry.promise->start, *entry.time_limit) : placement::kNever;
}

// Of what helps, when it starts as it is: elsewhere than on its own nodes.
bool tells_when(const base::Reason& reason) {
  return reason.code == "queue.help_starts" || reason.code == "queue.help_card_frees";
}

// Works over the project after project, and then over all.
class Rounds {
 public:
  Rounds(const std::vector<Entry>& entries, const std::vector<Running>& running,
         const placement::Cluster& cluster, const Limits& limits, const Rules& rules, base::Instant now)
      : entries_(entries), running_(running), cluster_(cluster), limits_(limits), rules_(rules), now_(now) {}

  std::vector<Decision> decide() {
    std::set<model::ProjectId> projects;
    for (const Reserved& each : rules_.reserved)
      if (each.until > now_) projects.insert(each.project_id);
    for (const model::ProjectId& project : projects) decide_for(project);
    decide_for_all();
    return std::move(decisions_);
  }

 private:
  // Its own nodes, in its own time.
  Rules rules_for(const model::ProjectId& project) const {
    Rules own = rules_;
    own.reserved.clear();
    close_reserved(rules_, project, own.closed);
    const auto periods = periods_of(rules_, project);
    for (const placement::NodeRoom& node : cluster_.nodes()) {
      const auto found = periods.find(node.id);
      if (found == periods.end()) {
        own.closed.push_back(closed(node.id, now_, placement::kNever));
        continue;
      }
      base::Instant from = now_;
      for (const auto& [starts, ends] : found->second) {
        own.closed.push_back(closed(node.id, from, starts));
        from = ends;
      }
      close_for_promises(project, node.id, from, own);
    }
    return own;
  }

  // What others are promised on the node for afterwards.
  void close_for_promises(const model::ProjectId& project, const model::NodeId& node, base::Instant after,
                          Rules& own) const {
    for (const Entry& entry : entries_) {
      if (entry.project_id == project || !entry.promise || entry.promise->start < after) continue;
      for (const placement::PlannedReplica& replica : entry.promise->replicas)
        if (replica.node_id == node) own.closed.push_back(closed(node, entry.promise->start, end_of(entry)));
    }
  }

  // First what starts or is promised without anybody being stopped; then those borrow there no longer for
  // whom there is no room now elsewhere either.
  void decide_for(const model::ProjectId& project) {
    const auto own = undecided_of(project);
    const auto takes_part = [&](const Entry& entry) { return !stands_aside(entry, limits_, now_); };
    if (std::none_of(own.begin(), own.end(), takes_part)) return;
    const auto periods = periods_of(rules_, project);
    plan_on_own(own, periods, running_, without_stops(rules_for(project)));
    const auto stoppable = stoppable_on(periods);
    if (std::none_of(stoppable.begin(), stoppable.end(), [&](const Running& run) {
          return run.preemptible && run.began && !run.stopping && stands_on(run, periods);
        }))
      return;
    auto left = undecided_of(project);
    const auto elsewhere = starting_elsewhere();
    std::erase_if(left, [&](const Entry& entry) { return elsewhere.contains(entry.run_id); });
    if (!left.empty()) plan_on_own(left, periods, stoppable, rules_for(project));
  }

  std::vector<Entry> undecided_of(const model::ProjectId& project) const {
    std::vector<Entry> own;
    for (const Entry& entry : entries_)
      if (entry.project_id == project && !decided_.contains(entry.run_id)) own.push_back(entry);
    return own;
  }

  // The same, by which nobody is stopped.
  static Rules without_stops(Rules rules) {
    rules.least_run = kLonger;
    return rules;
  }

  std::set<model::RunId> starting_elsewhere() const {
    std::set<model::RunId> starting;
    for (const Decision& decision : queue::decide(undecided(), running_, cluster_, limits_,
                                                  without_stops(rules_for_all()), now_, Telling::kPlans))
      if (decision.verdict == Verdict::kStart) starting.insert(decision.run_id);
    return starting;
  }

  void plan_on_own(const std::vector<Entry>& own, const std::map<model::NodeId, Periods>& periods,
                   const std::vector<Running>& running, const Rules& rules) {
    std::vector<Decision> promised;
    for (Decision& decision : queue::decide(own, running, cluster_, limits_, rules, now_, Telling::kPlans)) {
      if (decision.verdict == Verdict::kStart)
        start(std::move(decision));
      else if (decision.verdict == Verdict::kStop)
        stop(std::move(decision));
      else if (decision.promise && within(*decision.promise, periods))
        promised.push_back(std::move(decision));
    }
    // What is stopped comes last, and after that it is known whose cards are being left.
    for (Decision& decision : promised)
      if (awaits_those_that_leave(*decision.promise))
        stay(std::move(decision));
      else
        promised_[decision.run_id] = *decision.promise;
  }

  static bool within(const Promise& promise, const std::map<model::NodeId, Periods>& periods) {
    return std::all_of(promise.replicas.begin(), promise.replicas.end(), [&](const auto& replica) {
      const auto found = periods.find(replica.node_id);
      return found != periods.end() &&
             std::any_of(found->second.begin(), found->second.end(), [&](const auto& period) {
               return period.first <= promise.start && promise.start < period.second;
             });
    });
  }

  bool stands_on(const Running& run, const std::map<model::NodeId, Periods>& periods) const {
    return std::any_of(run.replica_ids.begin(), run.replica_ids.end(), [&](const auto& replica) {
      const auto hold = cluster_.holds().find(replica);
      return hold != cluster_.holds().end() && periods.contains(hold->second.node_id);
    });
  }

  // What runs; whoever is on none of these nodes is not stopped, as what has just begun.
  std::vector<Running> stoppable_on(const std::map<model::NodeId, Periods>& periods) const {
    std::vector<Running> list = running_;
    for (Running& run : list)
      if (run.preemptible && !stands_on(run, periods)) run.began.reset();
    return list;
  }

  // To the rounds that follow it is stopping: they do not stop it again.
  void stop(Decision decision) {
    const auto run = std::find_if(running_.begin(), running_.end(),
                                  [&](const Running& each) { return each.run_id == decision.run_id; });
    DURE_ASSERT(run != running_.end());
    const base::Instant ends = now_ + rules_.stop_grace;
    run->stopping = true;
    run->ends_by = run->ends_by && *run->ends_by > now_ ? std::min(*run->ends_by, ends) : ends;
    decisions_.push_back(std::move(decision));
  }

  // Whether it starts as soon as runs that are stopping have left its nodes.
  bool awaits_those_that_leave(const Promise& promise) const {
    if (promise.start > now_ + rules_.stop_grace) return false;
    std::set<model::NodeId> left;
    for (const Running& run : running_) {
      if (!run.stopping) continue;
      for (const model::ReplicaId& replica : run.replica_ids)
        if (const auto hold = cluster_.holds().find(replica); hold != cluster_.holds().end())
          left.insert(hold->second.node_id);
    }
    return std::any_of(promise.replicas.begin(), promise.replicas.end(),
                       [&](const auto& replica) { return left.contains(replica.node_id); });
  }

  // It takes no part in the rounds that follow, where it would stop others as well; it counts as what runs,
  // without cards, so that its ceilings keep the room for it.
  void stay(Decision decision) {
    running_.push_back(as_running(decision.run_id));
    decided_.insert(decision.run_id);
    decision.reason = base::Reason("queue.cards_not_left");
    decision.position = ++staying_;
    decisions_.push_back(std::move(decision));
  }

  // As what has just begun.
  Running as_running(const model::RunId& id) const {
    const auto entry =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) { return each.run_id == id; });
    DURE_ASSERT(entry != entries_.end());
    Running run;
    run.run_id = entry->run_id;
    run.account_id = entry->account_id;
    run.allocation_id = entry->allocation_id;
    run.project_id = entry->project_id;
    run.organisation_id = entry->organisation_id;
    run.amount = amount_of(entry->request, placement::largest_card_memory(cluster_, entry->request.model));
    if (entry->time_limit) run.ends_by = placement::end_of(now_, *entry->time_limit);
    run.preemptible = entry->preemptible;
    return run;
  }

  // From here on it runs.
  void start(Decision decision) {
    Running run = as_running(decision.run_id);
    for (std::size_t i = 0; i < decision.plan->replicas.size(); ++i)
      run.replica_ids.emplace_back(decision.run_id.text + "/" + std::to_string(i));
    const base::Status taken = cluster_.commit(*decision.plan, run.replica_ids);
    DURE_ASSERT(taken.ok());
    running_.push_back(std::move(run));
    decided_.insert(decision.run_id);
    decisions_.push_back(std::move(decision));
  }

  std::vector<Entry> undecided() const {
    std::vector<Entry> rest;
    for (const Entry& entry : entries_)
      if (!decided_.contains(entry.run_id)) rest.push_back(entry);
    return rest;
  }

  Rules rules_for_all() const {
    Rules all = rules_;
    all.reserved.clear();
    close_reserved(rules_, {}, all.closed);
    return all;
  }

  void decide_for_all() {
    for (Decision& decision :
         queue::decide(undecided(), running_, cluster_, limits_, rules_for_all(), now_)) {
      const auto own = promised_.find(decision.run_id);
      const bool waits = decision.verdict == Verdict::kWait;
      if (waits && own != promised_.end() &&
          (!decision.estimated_start || own->second.start < *decision.estimated_start)) {
        decision.promise = own->second;
        decision.estimated_start = own->second.start;
        std::erase_if(decision.alternatives, tells_when);
      }
      if (waits) decision.position += staying_;
      decisions_.push_back(std::move(decision));
    }
  }

  const std::vector<Entry>& entries_;
  std::vector<Running> running_;  // with what has been started
  placement::Cluster cluster_;    // likewise
  const Limits& limits_;
  const Rules& rules_;
  base::Instant now_;
  std::set<model::RunId> decided_;  // in a project's own round
  std::int64_t staying_ = 0;
  std::map<model::RunId, Promise> promised_;
  std::vector<Decision> decisions_;
};

}  // namespace

std::vector<Decision> decide_reserved(const std::vector<Entry>& entries, const std::vector<Running>& running,
                                      const placement::Cluster& cluster, const Limits& limits,
                                      const Rules& rules, base::Instant now) {
  if (rules.reserved.empty()) return decide(entries, running, cluster, limits, rules, now);
  return Rounds(entries, running, cluster, limits, rules, now).decide();
}

}  // namespace dure::queue
