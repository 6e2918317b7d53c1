#include "fleet/node_plan.h"

#include <algorithm>
#include <map>
#include <set>

namespace dure::fleet {
namespace {

using Actions = std::vector<Action>;

// All that is known of one replica.
struct Known {
  bool ordered = false;  // the orders list it
  bool wanted = false;   // … and want it running
  const ContainerFact* container = nullptr;
  JournalFact journal;
};

Action action(ActionKind kind) {
  Action made;
  made.kind = kind;
  return made;
}

Action record(ActionKind kind, Evidence evidence, bool estimated) {
  Action made = action(kind);
  made.evidence = evidence;
  made.estimated = estimated;
  return made;
}

bool is_running(const Known& known) {
  return known.container != nullptr && known.container->state == ContainerState::kRunning;
}

// By the engine's word: it exited, or it has a stamp of a start. Some engines show what ran before a restart
// of the machine as created.
bool has_run(const ContainerFact& container) {
  return container.state == ContainerState::kExited || container.started_at.has_value();
}

// Its start was not journalled, but it runs or ran.
Action record_missed_start(const Known& known) {
  const bool earlier_boot = known.journal.intended && !known.journal.intended_this_boot;
  if (earlier_boot) return record(ActionKind::kRecordStarted, Evidence::kLastSeen, true);
  const auto& stamp = known.container->started_at;
  Action made = record(ActionKind::kRecordStarted, stamp ? Evidence::kEngineStamp : Evidence::kSeen, true);
  made.stamp = stamp;
  return made;
}

// The engine's exit code is that of this run only where it stamped an end after the start.
void take_exit(Action& end, const ContainerFact& container, bool this_boot) {
  const bool stamped =
      container.finished_at && container.started_at && *container.finished_at >= *container.started_at;
  if (container.state != ContainerState::kExited || (!this_boot && !stamped)) return;
  end.exit_code = container.exit_code;
  end.out_of_memory = container.out_of_memory;
}

Action record_end(const Known& known) {
  const JournalFact& journal = known.journal;
  const bool earlier_boot =
      journal.started ? !journal.started_this_boot : journal.intended && !journal.intended_this_boot;
  if (earlier_boot) {
    Action end = record(ActionKind::kRecordEnded, Evidence::kBootChanged, true);
    if (known.container != nullptr) take_exit(end, *known.container, false);
    return end;
  }
  const bool exited = known.container != nullptr && known.container->state == ContainerState::kExited;
  if (!exited) return record(ActionKind::kRecordEnded, Evidence::kLastSeen, true);
  const auto& stamp = known.container->finished_at;
  Action end = record(ActionKind::kRecordEnded, Evidence::kSeen, !journal.watched);
  if (!journal.watched && stamp) {
    end.evidence = Evidence::kEngineStamp;
    end.stamp = stamp;
  }
  take_exit(end, *known.container, true);
  return end;
}

Action record_never_ran(bool surely) {
  Action end = record(ActionKind::kRecordEnded, Evidence::kNever, false);
  if (surely) end.failure = base::Reason("fleet.stopped_before_start");
  return end;
}

// It ran, and no longer does.
Actions close(const Known& known) {
  Actions actions;
  if (!known.journal.started) actions.push_back(record_missed_start(known));
  actions.push_back(record_end(known));
  return actions;
}

Actions plan_ended(const Known& known, bool orders_known) {
  if (!orders_known) return {};
  if (is_running(known)) return {action(ActionKind::kStop)};
  if (known.ordered || !known.journal.acknowledged) return {};
  Actions actions;
  if (known.container != nullptr) actions.push_back(action(ActionKind::kRemove));
  actions.push_back(action(ActionKind::kForget));
  return actions;
}

Actions plan_running(const Known& known, bool orders_known) {
  // Started in an earlier boot and running now: somebody else started it. That is not the run that was
  // journalled, which has ended; this one is stopped.
  if (known.journal.started && !known.journal.started_this_boot) return {record_end(known)};
  Actions actions;
  if (!known.journal.started) actions.push_back(record_missed_start(known));
  if (orders_known && !known.wanted) actions.push_back(action(ActionKind::kStop));
  return actions;
}

Actions start(const Known& known) {
  if (known.journal.intended_this_boot) return {action(ActionKind::kStart)};
  return {action(ActionKind::kIntend), action(ActionKind::kStart)};
}

// The engine says that it was made and never started.
Actions plan_created(const Known& known, bool orders_known) {
  if (known.journal.started) return {record_end(known)};
  if (known.journal.intended && !known.journal.intended_this_boot) return {record_never_ran(false)};
  if (known.wanted) return start(known);
  return orders_known ? Actions{record_never_ran(true)} : Actions{};
}

Actions plan_absent(const Known& known, bool orders_known) {
  if (known.journal.started) return {record_end(known)};
  if (known.journal.intended) return {record_never_ran(false)};
  if (!orders_known) return {};
  if (!known.ordered) return {action(ActionKind::kForget)};
  if (!known.wanted) return {record_never_ran(true)};
  Actions actions{action(ActionKind::kCreate)};
  for (Action& each : start(known)) actions.push_back(std::move(each));
  return actions;
}

Actions plan(const Known& known, bool orders_known) {
  if (known.journal.ended) return plan_ended(known, orders_known);
  if (known.container == nullptr) return plan_absent(known, orders_known);
  if (is_running(known)) return plan_running(known, orders_known);
  if (has_run(*known.container)) return close(known);
  return plan_created(known, orders_known);
}

std::map<model::ReplicaId, Known> gather(const NodeFacts& facts) {
  std::map<model::ReplicaId, Known> replicas;
  if (facts.orders)
    for (const model::ReplicaOrder& order : *facts.orders) {
      Known& known = replicas[order.replica_id];
      known.ordered = true;
      known.wanted = order.desired == model::Desired::kRunning;
    }
  for (const ContainerFact& container : facts.containers)
    replicas[container.replica_id].container = &container;
  for (const JournalFact& journal : facts.journal) replicas[journal.replica_id].journal = journal;
  return replicas;
}

// Runs though nobody here may count on its share any more.
bool runs_on_the_quiet(const Known& known) {
  return is_running(known) && (!known.ordered || known.journal.ended);
}

bool starts_something(const Actions& actions) {
  return std::any_of(actions.begin(), actions.end(), [](const Action& each) {
    return each.kind == ActionKind::kCreate || each.kind == ActionKind::kIntend ||
           each.kind == ActionKind::kStart;
  });
}

// The first that keeps others from starting; nothing where they may start.
std::optional<model::ReplicaId> in_the_way(const std::map<model::ReplicaId, Known>& replicas) {
  for (const auto& [id, known] : replicas)
    if (runs_on_the_quiet(known)) return id;
  return std::nullopt;
}

}  // namespace

std::vector<HeldOff> held_off(const NodeFacts& facts) {
  std::vector<HeldOff> held;
  const auto replicas = gather(facts);
  const auto other = in_the_way(replicas);
  if (!facts.orders || !other) return held;
  for (const auto& [id, known] : replicas)
    if (starts_something(plan(known, true)))
      held.push_back({id, base::Reason("fleet.held_off").with("replica", other->text)});
  return held;
}

std::vector<Action> node_plan(const NodeFacts& facts) {
  const auto replicas = gather(facts);
  const bool orders_known = facts.orders.has_value();
  const bool hold_off = in_the_way(replicas).has_value();
  Actions freeing, starting;
  for (const auto& [id, known] : replicas) {
    Actions actions = plan(known, orders_known);
    const bool starts = starts_something(actions);
    if (starts && hold_off) continue;
    for (Action& each : actions) {
      each.replica_id = id;
      if (each.kind == ActionKind::kStop) each.grace = facts.grace;
      (starts ? starting : freeing).push_back(std::move(each));
    }
  }
  freeing.insert(freeing.end(), starting.begin(), starting.end());
  return freeing;
}

bool is_final(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kTooMany:
    case base::ErrorKind::kUnavailable:
    case base::ErrorKind::kConflict:
    case base::ErrorKind::kInternal:
      return false;
    default:
      return true;
  }
}

}  // namespace dure::fleet
