#include "queue/decide.h"

#include <algorithm>

#include "placement/place.h"
#include "queue/order.h"
#include "queue/table.h"

namespace dure::queue {
namespace {

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

// One decision over the whole queue; the entries come in their order.
class Deciding {
 public:
  Deciding(const std::vector<Running>& running, const placement::Cluster& cluster, const Limits& limits,
           const Rules& rules, base::Instant now)
      : cluster_(cluster), limits_(limits), rules_(rules), now_(now), table_(cluster, running, limits, now) {}

  void take(const Entry& entry) { decisions_.push_back(judge(entry)); }
  std::vector<Decision> finish();

 private:
  Decision judge(const Entry& entry);
  std::optional<Decision> stands_aside(const Entry& entry) const;  // and holds up nobody
  std::optional<Decision> refused(const Entry& entry) const;
  Decision start(const Entry& entry, const placement::Plan& plan);
  Decision block(const Entry& entry, base::Reason reason);
  Decision behind(const Entry& entry);
  bool delays_nobody(const Entry& entry, const placement::Plan& plan) const;

  const placement::Cluster& cluster_;
  const Limits& limits_;
  const Rules& rules_;
  base::Instant now_;
  Table table_;
  std::map<Lane, std::vector<const Entry*>> lanes_;  // what waits there for room, in order
  std::vector<const Entry*> waiting_;                // what will start by itself, in order
  std::int64_t backfills_tried_ = 0;
  std::vector<Decision> decisions_;
};

std::optional<Decision> Deciding::refused(const Entry& entry) const {
  const auto found = limits_.allocations.find(entry.allocation_id);
  if (found != limits_.allocations.end()) {
    const AllocationLimit& allocation = found->second;
    if (!may_run(allocation.state) && !may_run_later(allocation.state))
      return refuse(entry, placement::RefusalKind::kNotAllowed,
                    not_active(std::string(model::to_text(allocation.state))));
    if (!allocation.model.empty() && !entry.request.model.empty() && allocation.model != entry.request.model)
      return refuse(entry, placement::RefusalKind::kNotAllowed,
                    base::Reason("queue.model_not_allocated")
                        .with("asked_model", entry.request.model)
                        .with("allocated_model", allocation.model));
  }
  if (auto never = placement::possible(cluster_, entry.request))
    return refuse(entry, never->kind, std::move(never->reason));
  auto ceiling = table_.own_ceiling(entry);
  if (ceiling && ceiling->code == "queue.over_ceiling")
    return refuse(entry, placement::RefusalKind::kNotAllowed, *std::move(ceiling));
  return std::nullopt;
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

Decision Deciding::start(const Entry& entry, const placement::Plan& plan) {
  table_.start(entry, plan, now_);
  Decision decision;
  decision.run_id = entry.run_id;
  decision.verdict = Verdict::kStart;
  decision.plan = plan;
  return decision;
}

Decision Deciding::block(const Entry& entry, base::Reason reason) {
  auto& lane = lanes_[lane_of(entry)];
  Decision decision = wait(entry, std::move(reason));
  decision.ahead = static_cast<std::int64_t>(lane.size());
  lane.push_back(&entry);
  waiting_.push_back(&entry);
  return decision;
}

Decision Deciding::behind(const Entry& entry) {
  const auto ahead = static_cast<std::int64_t>(lanes_.at(lane_of(entry)).size());
  if (rules_.backfill && entry.time_limit && backfills_tried_ < rules_.backfill_at_most) {
    const placement::Answer answer = table_.place(entry);
    const auto* plan = std::get_if<placement::Plan>(&answer);
    if (plan != nullptr && delays_nobody(entry, *plan)) return start(entry, *plan);
    if (plan != nullptr) ++backfills_tried_;
  }
  return block(entry, base::Reason("queue.behind").with("ahead", ahead).with("position", ahead + 1));
}

bool Deciding::delays_nobody(const Entry& entry, const placement::Plan& plan) const {
  Table with = table_;
  with.start(entry, plan, now_);
  const auto& lane = lanes_.at(lane_of(entry));
  const auto before_it = forecast(table_, waiting_, now_);
  const auto after_it = forecast(std::move(with), waiting_, now_);
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    if (std::find(lane.begin(), lane.end(), waiting_[i]) == lane.end()) continue;
    if (!before_it[i] || !after_it[i] || *after_it[i] > *before_it[i]) return false;
  }
  return true;
}

Decision Deciding::judge(const Entry& entry) {
  if (auto decision = refused(entry)) return *std::move(decision);
  if (auto decision = stands_aside(entry)) return *std::move(decision);
  if (auto ceiling = table_.own_ceiling(entry)) {
    waiting_.push_back(&entry);
    return wait(entry, *std::move(ceiling));
  }
  const auto lane = lanes_.find(lane_of(entry));
  if (lane != lanes_.end()) return behind(entry);
  const placement::Answer answer = table_.place(entry);
  if (const auto* plan = std::get_if<placement::Plan>(&answer)) return start(entry, *plan);
  return block(entry, std::get<placement::Refusal>(answer).reason);
}

std::vector<Decision> Deciding::finish() {
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(0, rules_.estimate_at_most));
  if (waiting_.size() > most) waiting_.resize(most);
  const auto starts = forecast(table_, waiting_, now_);
  std::map<model::RunId, std::optional<base::Instant>> by_run;
  for (std::size_t i = 0; i < waiting_.size(); ++i) by_run[waiting_[i]->run_id] = starts[i];
  std::int64_t position = 0;
  for (Decision& decision : decisions_) {
    if (decision.verdict != Verdict::kWait) continue;
    decision.position = ++position;
    const auto found = by_run.find(decision.run_id);
    if (found != by_run.end()) decision.estimated_start = found->second;
  }
  return std::move(decisions_);
}

}  // namespace

std::vector<Decision> decide(const std::vector<Entry>& entries, const std::vector<Running>& running,
                             const placement::Cluster& cluster, const Limits& limits, const Rules& rules,
                             base::Instant now) {
  Deciding deciding(running, cluster, limits, rules, now);
  for (const std::size_t i : order(entries)) deciding.take(entries[i]);
  return deciding.finish();
}

}  // namespace dure::queue
