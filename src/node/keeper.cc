#include "node/keeper.h"

#include <algorithm>

#include "node/state_folder.h"
#include "node/volume_erasure.h"

namespace dure::node {
namespace {

using fleet::ActionKind;
using model::Observation;
using model::ObservationKind;
using model::ReplicaId;

base::Error withdrawn(const ReplicaId& id) {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("node.order_withdrawn").with("replica", id.text));
}

bool starts(ActionKind kind) {
  return kind == ActionKind::kCreate || kind == ActionKind::kIntend || kind == ActionKind::kStart;
}

fleet::Action never_ran(const ReplicaId& id, const base::Reason& reason) {
  fleet::Action end;
  end.kind = ActionKind::kRecordEnded;
  end.replica_id = id;
  end.evidence = fleet::Evidence::kNever;
  end.failure = reason;
  return end;
}

const char* name_of(ActionKind kind) {
  switch (kind) {
    case ActionKind::kStop:
      return "stop";
    case ActionKind::kRecordStarted:
      return "record the start of";
    case ActionKind::kRecordEnded:
      return "record the end of";
    case ActionKind::kRemove:
      return "remove";
    case ActionKind::kForget:
      return "forget";
    case ActionKind::kCreate:
      return "create";
    case ActionKind::kIntend:
      return "intend";
    case ActionKind::kStart:
      return "start";
  }
  return "";
}

}  // namespace

Keeper::Keeper(ports::Engine& engine, Journal& journal, Inventory& inventory, BootClock& clock,
               KeeperOptions options)
    : engine_(engine),
      journal_(journal),
      inventory_(inventory),
      clock_(clock),
      options_(std::move(options)),
      exits_(clock, [this] { changed(); }),
      workers_(options_.workers) {}

Keeper::~Keeper() = default;

void Keeper::changed() const {
  if (options_.on_change) options_.on_change();
}

base::Status Keeper::round() {
  // What is under way while the engine is asked is left alone: its picture is older than what was done. Work
  // that ended before is in the picture; work begins only below, on this thread.
  const std::set<std::string> busy = workers_.busy();
  const Moment before = clock_.now();
  auto listed = engine_.list();
  if (!listed.ok()) {
    wait_for_engine(listed.failure(), busy);
    return listed.failure();
  }
  auto& containers = *listed;
  const Moment now = clock_.now();
  note_sightings(containers, before, busy);
  DURE_TRY(checkpoint(before, busy));
  follow_shares(containers, busy);
  compare_books(containers);
  const auto known = facts(containers, now);
  auto actions = fleet::node_plan(known);
  for (auto& each : hold(fleet::held_off(known), now)) actions.push_back(std::move(each));
  add_stops(containers, actions);
  {
    const std::lock_guard lock(mutex_);
    containers_ = std::move(containers);
  }
  dispatch(actions, busy, now);
  erase_volumes();
  return {};
}

void Keeper::note_sightings(const std::vector<ports::ContainerStatus>& containers, const Moment& before,
                            const std::set<std::string>& busy) {
  for (const auto& each : containers)
    if (each.state == ports::ContainerState::kRunning) exits_.watch(each.replica_id, each.pid);
  const std::lock_guard lock(mutex_);
  for (const auto& each : containers) {
    const ReplicaId id(each.replica_id);
    if (each.state == ports::ContainerState::kRunning && !busy.contains(each.replica_id))
      sightings_[id].running_us = before.boottime_us;
    const auto found = sightings_.find(id);
    if (found != sightings_.end()) found->second.ended_us = exits_.ended_boottime_us(each.replica_id);
  }
}

fleet::NodeFacts Keeper::facts(const std::vector<ports::ContainerStatus>& containers, const Moment& now) {
  fleet::NodeFacts facts;
  facts.containers = container_facts(containers);
  facts.grace = options_.grace;
  const Histories histories = journal_.histories();
  const std::lock_guard lock(mutex_);
  facts.journal = journal_facts(histories, sightings_, now.boot_id);
  if (!orders_) return facts;
  facts.orders.emplace();
  for (const auto& [id, order] : *orders_)
    if (!journal_.finished(id)) facts.orders->push_back(order);
  return facts;
}

// A start that was estimated is bounded by the first sight, which is therefore reported at once.
base::Status Keeper::checkpoint(const Moment& before, const std::set<std::string>& busy) {
  Sightings sightings;
  {
    const std::lock_guard lock(mutex_);
    sightings = sightings_;
  }
  std::vector<Observation> observations;
  Sight sight{before.boot_id, before.boottime_us, before.wall, {}};
  for (const auto& [id, history] : journal_.histories()) {
    const auto seen = sightings.find(id);
    if (seen == sightings.end() || busy.contains(id.text) || !history.started || history.ended) continue;
    const bool seen_now = seen->second.running_us == before.boottime_us;
    if (!seen_now || history.started->boot_id != before.boot_id) continue;
    sight.replica_ids.push_back(id.text);
    const bool unbounded = history.started->estimated && history.last->kind == ObservationKind::kStarted;
    const bool due = before.boottime_us - history.last->boottime_us >= options_.checkpoint_every.us;
    if (!due && !unbounded) continue;
    Observation observation;
    observation.replica_id = id;
    observation.kind = ObservationKind::kRunning;
    observation.boot_id = before.boot_id;
    observation.boottime_us = before.boottime_us;
    observation.observed_at = before.wall;
    observation.container_id = history.started->container_id;
    observations.push_back(std::move(observation));
  }
  if (const auto written = journal_.record(std::move(observations)); !written.ok()) return written.failure();
  if (before.boottime_us - last_sight_us_ < options_.sight_every.us) return {};
  last_sight_us_ = before.boottime_us;
  return journal_.record_sight(std::move(sight));
}

// Replicas that may not start now: noted with the reason; an end for those that have waited for too long.
std::vector<fleet::Action> Keeper::hold(const std::vector<fleet::HeldOff>& held, const Moment& now) {
  std::vector<fleet::Action> ends;
  const std::lock_guard lock(mutex_);
  std::map<ReplicaId, Try> kept;
  for (auto& [id, each] : tries_)
    if (!each.held) kept.emplace(id, each);
  for (const auto& each : held) {
    const auto found = tries_.find(each.replica_id);
    const std::int64_t since = found == tries_.end() ? now.boottime_us : found->second.since_us;
    // A failure of its own is not forgotten for this: it goes on counting.
    kept.emplace(each.replica_id, Try{0, 0, each.reason, since, true});
    if (now.boottime_us - since >= options_.start_limit.us)
      ends.push_back(never_ran(each.replica_id, each.reason));
  }
  tries_ = std::move(kept);
  return ends;
}

// Nothing is known of what the engine holds. What was never about to start is given up in time; what is being
// worked on is left alone, for it may start yet.
void Keeper::wait_for_engine(const base::Error& failure, const std::set<std::string>& busy) {
  const Moment now = clock_.now();
  const Histories histories = journal_.histories();
  std::vector<fleet::HeldOff> held;
  {
    const std::lock_guard lock(mutex_);
    if (!orders_) return;
    for (const auto& [id, order] : *orders_) {
      const bool untouched = !histories.contains(id) && !journal_.finished(id) && !busy.contains(id.text);
      if (untouched && order.desired == model::Desired::kRunning) held.push_back({id, failure.reason});
    }
  }
  for (const auto& end : hold(held, now)) {
    Evidence nothing;
    nothing.now = now;
    static_cast<void>(journal_.record(observations_of(end, nothing)));
  }
}

void Keeper::dispatch(const std::vector<fleet::Action>& actions, const std::set<std::string>& busy,
                      const Moment& now) {
  for (auto first = actions.begin(); first != actions.end();) {
    const auto last = std::find_if(
        first, actions.end(), [&](const auto& action) { return action.replica_id != first->replica_id; });
    const std::string& key = first->replica_id.text;
    if (!busy.contains(key) && may_try(first->replica_id, now))
      workers_.run(key, [this, group = std::vector(first, last)] { carry_out(group); });
    first = last;
  }
}

void Keeper::carry_out(const std::vector<fleet::Action>& actions) {
  for (const fleet::Action& action : actions) {
    const base::Status status = carry_out(action);
    if (status.ok()) continue;
    note_failure(action, status.failure());
    return changed();
  }
  {
    const std::lock_guard lock(mutex_);
    tries_.erase(actions.front().replica_id);
  }
  changed();
}

base::Status Keeper::carry_out(const fleet::Action& action) {
  const std::string& id = action.replica_id.text;
  switch (action.kind) {
    case ActionKind::kStop:
      return engine_.stop(id, action.grace);
    case ActionKind::kRecordStarted:
    case ActionKind::kRecordEnded:
      return record(action);
    case ActionKind::kRemove:
      return engine_.remove(id);
    case ActionKind::kForget:
      return forget(action.replica_id);
    case ActionKind::kCreate:
      return create(action.replica_id);
    case ActionKind::kIntend:
      return intend(action.replica_id);
    case ActionKind::kStart:
      return start(action.replica_id);
  }
  return {};
}

base::Status Keeper::still_wanted(const ReplicaId& replica_id) const {
  const auto known = order(replica_id);
  if (known && known->desired == model::Desired::kRunning) return {};
  return withdrawn(replica_id);
}

base::Result<gpu::ShareDescription> Keeper::describe_share(const model::ReplicaOrder& order) {
  const auto cards = inventory_.cards();
  if (options_.shares != nullptr) return options_.shares->prepare(order.replica_id.text, order.shares, cards);
  DURE_LET(access, gpu::share_access(order.shares, cards, gpu::file_exists));
  return gpu::ShareDescription{order.replica_id.text, access.environment, access.device_nodes, {}};
}

base::Status Keeper::create(const ReplicaId& replica_id) {
  const auto known = order(replica_id);
  if (!known) return withdrawn(replica_id);
  DURE_TRY(check_order(*known));
  DURE_LET(share, describe_share(*known));
  if (!known->volumes.empty() &&
      !volumes_there(options_.volumes_folder))  // marked before the first lies there
    options_.log(Severity::kError, "cannot find the mark of the volumes in " + options_.volumes_folder);
  for (const auto& volume : known->volumes)
    DURE_TRY(make_folder(volume_path(options_.volumes_folder, volume.id), 0700));
  const auto spec =
      container_spec(*known, share, options_.limits, options_.volumes_folder, options_.logs_folder);
  const auto made = engine_.create(spec);
  return made.ok() ? base::Status() : base::Status(made.failure());
}

base::Status Keeper::intend(const ReplicaId& replica_id) {
  DURE_TRY(still_wanted(replica_id));
  DURE_LET(container, engine_.inspect(replica_id.text));
  const Moment now = clock_.now();
  StartIntent intent{replica_id, container ? container->container_id : "", now.boot_id, now.boottime_us,
                     now.wall};
  return journal_.record_intent(intent);
}

base::Status Keeper::start(const ReplicaId& replica_id) {
  DURE_TRY(still_wanted(replica_id));
  const Moment before = clock_.now();
  DURE_TRY(engine_.start(replica_id.text));
  const Moment after = clock_.now();
  const auto container = engine_.inspect(replica_id.text);
  const auto status = container.ok() ? *container : std::nullopt;
  const Observation started = started_observation(replica_id, before, after, status);
  const auto written = journal_.record({started});
  if (!written.ok()) return written.failure();
  if (status) exits_.watch(replica_id.text, status->pid);
  const std::lock_guard lock(mutex_);
  sightings_[replica_id].running_us = started.boottime_us;
  return {};
}

base::Result<Evidence> Keeper::evidence(const ReplicaId& replica_id) {
  Evidence evidence;
  evidence.history = journal_.history(replica_id);
  DURE_LET(container, engine_.inspect(replica_id.text));
  evidence.container = container;
  evidence.now = clock_.now();
  const std::lock_guard lock(mutex_);
  const auto found = sightings_.find(replica_id);
  if (found == sightings_.end()) return evidence;
  evidence.sighting = found->second;
  evidence.sighting->ended_us = exits_.ended_boottime_us(replica_id.text);
  return evidence;
}

base::Status Keeper::record(const fleet::Action& planned) {
  fleet::Action action = planned;
  if (const auto why = condemned(action)) action.failure = why;
  DURE_LET(known, evidence(action.replica_id));
  const auto written = journal_.record(observations_of(action, known));
  return written.ok() ? base::Status() : base::Status(written.failure());
}

// The replica ends without having run. Where it was started after all, the next round finds that.
base::Status Keeper::give_up(const ReplicaId& replica_id, const base::Reason& reason) {
  DURE_LET(container, engine_.inspect(replica_id.text));
  if (container && container->state != ports::ContainerState::kCreated) return {};
  return record(never_ran(replica_id, reason));
}

base::Status Keeper::forget(const ReplicaId& replica_id) {
  DURE_TRY(journal_.finish(replica_id));
  exits_.forget(replica_id.text);
  const std::lock_guard lock(mutex_);
  sightings_.erase(replica_id);
  tries_.erase(replica_id);
  condemned_.erase(replica_id);
  return {};
}

bool Keeper::may_try(const ReplicaId& replica_id, const Moment& now) const {
  const std::lock_guard lock(mutex_);
  const auto found = tries_.find(replica_id);
  return found == tries_.end() || now.boottime_us >= found->second.not_before_us;
}

void Keeper::note_failure(const fleet::Action& action, const base::Error& failure) {
  const std::int64_t now = clock_.now().boottime_us;
  bool over = false;
  {
    const std::lock_guard lock(mutex_);
    Try& next = tries_[action.replica_id];
    if (next.failures == 0) next.since_us = now;
    next.failures = std::min(next.failures + 1, 6);
    next.not_before_us = now + base::Span::milliseconds(150LL << next.failures).us;
    next.reason = failure.reason;
    next.held = false;
    over = now - next.since_us >= options_.start_limit.us;
  }
  const bool final = starts(action.kind) && (over || fleet::is_final(failure.kind));
  options_.log(final ? Severity::kError : Severity::kWarning, std::string("cannot ") + name_of(action.kind) +
                                                                  " replica " + action.replica_id.text +
                                                                  ": " + log_text(failure));
  if (!final || !give_up(action.replica_id, failure.reason).ok()) return;
  const std::lock_guard lock(mutex_);
  tries_.erase(action.replica_id);
}

base::Status Keeper::take_orders(const model::NodeOrders& orders, const std::vector<Observation>& reported) {
  const std::string boot_id = clock_.now().boot_id;
  for (const Observation& each : reported)
    if (each.boot_id != boot_id) DURE_TRY(journal_.acknowledge(each.boot_id, each.sequence));
  DURE_TRY(journal_.acknowledge(boot_id, orders.acknowledged));
  std::map<ReplicaId, model::ReplicaOrder> by_id;
  for (const auto& order : orders.replicas) by_id[order.replica_id] = order;
  const std::lock_guard lock(mutex_);
  orders_ = std::move(by_id);
  erase_ = orders.erase_volumes;
  return {};
}

std::optional<model::ReplicaOrder> Keeper::order(const ReplicaId& replica_id) const {
  const std::lock_guard lock(mutex_);
  if (!orders_) return std::nullopt;
  const auto found = orders_->find(replica_id);
  if (found == orders_->end()) return std::nullopt;
  return found->second;
}

bool Keeper::may_print(const ReplicaId& replica_id) const {
  if (journal_.history(replica_id).ended || journal_.finished(replica_id)) return false;
  const std::lock_guard lock(mutex_);
  const auto seen = std::ranges::find(containers_, replica_id.text, &ports::ContainerStatus::replica_id);
  if (seen != containers_.end()) return seen->state != ports::ContainerState::kExited;
  return orders_ && orders_->contains(replica_id);
}

model::NodeReport Keeper::report() {
  model::NodeReport report;
  const Moment now = clock_.now();
  report.boot_id = now.boot_id;
  report.boottime_us = now.boottime_us;
  report.reported_at = now.wall;
  inventory_.describe(report);
  report.observations = journal_.unacknowledged(model::kMostObservations);
  describe_erased(report);
  const std::lock_guard lock(mutex_);
  for (const auto& each : containers_) {
    const auto state = each.state == ports::ContainerState::kRunning  ? model::ReplicaState::kRunning
                       : each.state == ports::ContainerState::kExited ? model::ReplicaState::kEnded
                                                                      : model::ReplicaState::kStarting;
    report.replicas.push_back({ReplicaId(each.replica_id), state, each.container_id});
  }
  describe_shares(report);
  if (!orders_) return report;
  for (const auto& [id, each] : tries_)
    if (orders_->contains(id) && !each.reason.code.empty())
      report.troubles.push_back({id, each.reason, wall_of(each.since_us, now)});
  return report;
}

bool Keeper::pending() const {
  if (!journal_.unacknowledged(1).empty()) return true;
  const Histories histories = journal_.histories();
  const std::lock_guard lock(mutex_);
  if (!orders_) return true;
  return std::ranges::any_of(*orders_, [&](const auto& entry) {
    const auto found = histories.find(entry.first);
    const bool known = found != histories.end();
    if (known && found->second.ended) return false;
    return entry.second.desired == model::Desired::kStopped || !known || !found->second.started;
  });
}

}  // namespace dure::node
