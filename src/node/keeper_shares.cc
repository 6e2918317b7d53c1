// What the keeper does about shares: their files, what is read of them, and replicas that pass theirs by.
#include <algorithm>
#include <limits>

#include "node/keeper.h"

namespace dure::node {

using fleet::ActionKind;
using model::ReplicaId;

namespace {

// What the container's own books say is bounded here: a report that says more is refused whole.
std::int64_t bounded(std::uint64_t number, std::int64_t most) {
  return number > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(number);
}

std::vector<model::ShareReading> readings_of(const std::vector<gpu::ShareReading>& shares) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::vector<model::ShareReading> readings;
  for (const auto& each : shares) {
    if (readings.size() == model::kMostReadings) break;
    readings.push_back({ReplicaId(each.replica_id),
                        model::CardId(each.card),
                        bounded(each.device_ns, kMost),
                        bounded(each.elapsed_ns, kMost),
                        {bounded(each.memory_bytes, model::kMostShareMemory)},
                        {bounded(each.memory_high_bytes, model::kMostShareMemory)},
                        bounded(each.refused, kMost)});
  }
  return readings;
}

}  // namespace

// The shares of containers that are there follow their orders; those of containers that are not there, and
// are not being made, go.
void Keeper::follow_shares(const std::vector<ports::ContainerStatus>& containers,
                           std::set<std::string> busy) {
  if (options_.shares == nullptr) return;
  for (const auto& each : containers) {
    busy.insert(each.replica_id);
    if (const auto known = order(ReplicaId(each.replica_id)))
      options_.shares->follow(each.replica_id, known->shares);
  }
  options_.shares->keep_only(busy);
}

void Keeper::compare_books(const std::vector<ports::ContainerStatus>& containers) {
  if (!options_.compare) return;
  std::vector<gpu::WatchedContainer> running;
  for (const auto& each : containers)
    if (each.state == ports::ContainerState::kRunning)
      running.push_back({each.replica_id, each.container_id, each.pid});
  auto findings = options_.compare(std::move(running));
  const std::lock_guard lock(mutex_);
  findings_ = std::move(findings);
  if (!options_.stop_on_bypass) return;
  for (const auto& finding : findings_)
    if (!finding.replica_id.empty()) condemned_.try_emplace(ReplicaId(finding.replica_id), finding);
}

// Beside what is planned for the others: of one replica what is planned comes first, a stop too.
void Keeper::add_stops(const std::vector<ports::ContainerStatus>& containers,
                       std::vector<fleet::Action>& actions) {
  const std::lock_guard lock(mutex_);
  for (const auto& each : containers) {
    const ReplicaId id(each.replica_id);
    if (each.state != ports::ContainerState::kRunning || !condemned_.contains(id)) continue;
    if (std::ranges::find(actions, id, &fleet::Action::replica_id) != actions.end()) continue;
    fleet::Action stop;
    stop.kind = ActionKind::kStop;
    stop.replica_id = id;
    stop.grace = options_.grace;
    actions.push_back(std::move(stop));
  }
}

// Why this node ended it, where it did. An end that nobody saw, or that came by itself before, is not that.
std::optional<base::Reason> Keeper::condemned(const fleet::Action& action) const {
  if (action.kind != ActionKind::kRecordEnded || !action.exit_code || action.failure) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = condemned_.find(action.replica_id);
  return found == condemned_.end() ? std::nullopt : std::optional(found->second.reason);
}

// REQUIRES: mutex_ is held. What a replica was stopped for is told as long as its container is there, so that
// the centre hears of it before it hears of the end.
void Keeper::describe_shares(model::NodeReport& report) const {
  if (options_.shares != nullptr) report.readings = readings_of(options_.shares->readings());
  const auto add = [&](const gpu::Finding& finding, bool stopped) {
    if (report.findings.size() < model::kMostFindings)
      report.findings.push_back({model::CardId(finding.card), ReplicaId(finding.replica_id), finding.reason,
                                 finding.found_at, stopped});
  };
  for (const auto& each : containers_) {
    const auto found = condemned_.find(ReplicaId(each.replica_id));
    if (found != condemned_.end()) add(found->second, true);
  }
  for (const auto& finding : findings_)
    if (!condemned_.contains(ReplicaId(finding.replica_id))) add(finding, false);
}

}  // namespace dure::node
