#include "node/facts.h"

#include <algorithm>

#include "fleet/stamp.h"

namespace dure::node {
namespace {

using model::Observation;
using model::ObservationKind;

fleet::ContainerState state_of(ports::ContainerState state) {
  switch (state) {
    case ports::ContainerState::kCreated:
      return fleet::ContainerState::kCreated;
    case ports::ContainerState::kRunning:
      return fleet::ContainerState::kRunning;
    case ports::ContainerState::kExited:
      break;
  }
  return fleet::ContainerState::kExited;
}

// How finely the engine's stamps are made: files' times follow the kernel's tick, of 10 ms at most.
constexpr std::int64_t kStampGrainUs = 10'000;

bool ends(const fleet::Action& action) {
  return action.kind == fleet::ActionKind::kRecordEnded;
}

// Where the journal last knew it: the newest sight or observation, else the intent.
std::optional<Moment> last_known(const History& history) {
  std::optional<Moment> known;
  if (history.last) {
    known = Moment{history.last->boot_id, history.last->boottime_us, history.last->observed_at};
  } else if (history.intent) {
    known = Moment{history.intent->boot_id, history.intent->boottime_us, history.intent->decided_at};
  }
  const bool seen_later = known && history.seen && history.seen->boot_id == known->boot_id &&
                          history.seen->boottime_us > known->boottime_us;
  if (seen_later) known = Moment{history.seen->boot_id, history.seen->boottime_us, history.seen->seen_at};
  return known;
}

// The latest moment of this boot at which what is now recorded had surely not happened: for a start, the
// intent; for an end, also the last moment at which it was seen running.
std::int64_t not_before(const fleet::Action& action, const Evidence& evidence) {
  std::int64_t bound = 0;
  const auto known = last_known(evidence.history);
  if (known && known->boot_id == evidence.now.boot_id) bound = known->boottime_us;
  if (ends(action) && evidence.sighting) bound = std::max(bound, evidence.sighting->running_us);
  return std::min(bound, evidence.now.boottime_us);
}

std::int64_t stamp_boottime(const fleet::Action& action, base::Instant stamp, const Evidence& evidence) {
  return fleet::boottime_of(stamp, {evidence.now.boottime_us, evidence.now.wall},
                            not_before(action, evidence));
}

// The end of the process as the kernel told this process, where it does not contradict what was seen.
std::optional<std::int64_t> kernels_end(const fleet::Action& action, const Evidence& evidence) {
  if (!ends(action) || !evidence.sighting || !evidence.sighting->ended_us) return std::nullopt;
  const std::int64_t end = *evidence.sighting->ended_us;
  if (end < not_before(action, evidence) || end > evidence.now.boottime_us) return std::nullopt;
  return end;
}

// Seen by this process: the end of the process as the kernel told it; the engine's stamp; or now.
std::int64_t seen_boottime(const fleet::Action& action, const Evidence& evidence) {
  if (const auto end = kernels_end(action, evidence)) return *end;
  if (evidence.container) {
    const auto& stamp = ends(action) ? evidence.container->finished_at : evidence.container->started_at;
    if (stamp) return stamp_boottime(action, *stamp, evidence);
  }
  return evidence.now.boottime_us;
}

// Between which moments of this boot it happened.
struct Window {
  std::int64_t earliest_us = 0;
  std::int64_t latest_us = 0;
};

// The stamp by both pairs of clocks, without what contradicts what was seen; nothing where both do.
std::optional<Window> window_of_stamp(const fleet::Action& action, const Evidence& evidence) {
  if (!action.stamp) return std::nullopt;
  const std::int64_t low = not_before(action, evidence);
  const std::int64_t high = evidence.now.boottime_us;
  std::optional<Window> window;
  const auto widen = [&](const Moment& pair) {
    const std::int64_t at = pair.boottime_us + (*action.stamp - pair.wall).us;
    if (at + kStampGrainUs < low || at - kStampGrainUs > high) return;
    const std::int64_t held = std::clamp(at, low, high);
    if (!window) window = Window{held, held};
    window = Window{std::min(window->earliest_us, held), std::max(window->latest_us, held)};
  };
  widen(evidence.now);
  const auto known = last_known(evidence.history);
  if (known && known->boot_id == evidence.now.boot_id) widen(*known);
  return window;
}

void place(const Evidence& evidence, std::int64_t boottime_us, Observation& observation) {
  observation.boot_id = evidence.now.boot_id;
  observation.boottime_us = boottime_us;
  observation.observed_at = wall_of(boottime_us, evidence.now);
}

void place(const Moment& moment, Observation& observation) {
  observation.boot_id = moment.boot_id;
  observation.boottime_us = moment.boottime_us;
  observation.observed_at = moment.wall;
}

// A kRunning of the same replica, not placed yet.
Observation running_like(const Observation& observation) {
  Observation running;
  running.replica_id = observation.replica_id;
  running.kind = ObservationKind::kRunning;
  running.container_id = observation.container_id;
  running.estimated = true;
  return running;
}

std::vector<Observation> estimated_start(const fleet::Action& action, const Evidence& evidence,
                                         Observation start) {
  const std::int64_t now = evidence.now.boottime_us;
  auto window = window_of_stamp(action, evidence);
  if (!window) window = Window{not_before(action, evidence), now};
  Observation running = running_like(start);
  place(evidence, window->earliest_us, start);
  place(evidence, std::min(window->latest_us + kStampGrainUs, now), running);
  return {start, running};
}

// Where it was last seen, on the clock of the boot in which it was.
std::vector<Observation> at_last_known(const Evidence& evidence, Observation end) {
  auto known = last_known(evidence.history);
  if (!known) known = evidence.now;
  const bool seen_later = evidence.sighting && known->boot_id == evidence.now.boot_id &&
                          evidence.sighting->running_us > known->boottime_us;
  if (seen_later)
    known = Moment{known->boot_id, evidence.sighting->running_us,
                   wall_of(evidence.sighting->running_us, evidence.now)};
  Observation running = running_like(end);
  running.estimated = false;
  place(*known, running);
  place(*known, end);
  return {running, end};
}

std::vector<Observation> estimated_end(const fleet::Action& action, const Evidence& evidence,
                                       Observation end) {
  const auto window = window_of_stamp(action, evidence);
  if (!window) return at_last_known(evidence, std::move(end));
  Observation running = running_like(end);
  place(evidence, std::max(window->earliest_us - kStampGrainUs, not_before(action, evidence)), running);
  place(evidence, window->latest_us, end);
  return {running, end};
}

void describe(const std::optional<ports::ContainerStatus>& container, Observation& observation) {
  if (!container) return;
  observation.container_id = container->container_id;
  observation.engine_started_at = container->started_at;
  observation.engine_finished_at = container->finished_at;
}

}  // namespace

std::vector<fleet::ContainerFact> container_facts(const std::vector<ports::ContainerStatus>& containers) {
  std::vector<fleet::ContainerFact> facts;
  facts.reserve(containers.size());
  for (const auto& each : containers)
    facts.push_back({model::ReplicaId(each.replica_id), state_of(each.state), each.exit_code,
                     each.out_of_memory, each.started_at, each.finished_at});
  return facts;
}

std::vector<fleet::JournalFact> journal_facts(const Histories& histories, const Sightings& sightings,
                                              const std::string& boot_id) {
  std::vector<fleet::JournalFact> facts;
  for (const auto& [id, history] : histories) {
    fleet::JournalFact fact;
    fact.replica_id = id;
    fact.intended = history.intent.has_value();
    fact.intended_this_boot = history.intent && history.intent->boot_id == boot_id;
    fact.started = history.started.has_value();
    fact.started_this_boot = history.started && history.started->boot_id == boot_id;
    fact.watched = sightings.contains(id);
    fact.ended = history.ended.has_value();
    fact.acknowledged = history.end_acknowledged;
    facts.push_back(fact);
  }
  return facts;
}

std::vector<Observation> observations_of(const fleet::Action& action, const Evidence& evidence) {
  Observation observation;
  observation.replica_id = action.replica_id;
  observation.estimated = action.estimated;
  const bool ended = ends(action);
  observation.kind = ended ? ObservationKind::kEnded : ObservationKind::kStarted;
  describe(evidence.container, observation);
  if (ended) {
    observation.exit_code = action.exit_code;
    observation.out_of_memory = action.out_of_memory;
    observation.failure = action.failure;
  }
  switch (action.evidence) {
    case fleet::Evidence::kSeen:
    case fleet::Evidence::kEngineStamp:
      break;
    case fleet::Evidence::kNever:
      place(evidence, evidence.now.boottime_us, observation);
      return {observation};
    case fleet::Evidence::kLastSeen:
    case fleet::Evidence::kBootChanged:
      auto placed = at_last_known(evidence, observation);
      if (ended) return placed;
      return {placed.back()};
  }
  if (observation.estimated && kernels_end(action, evidence)) observation.estimated = false;
  if (observation.estimated)
    return ended ? estimated_end(action, evidence, observation)
                 : estimated_start(action, evidence, observation);
  place(evidence, seen_boottime(action, evidence), observation);
  return {observation};
}

Observation started_observation(const model::ReplicaId& replica_id, const Moment& before, const Moment& after,
                                const std::optional<ports::ContainerStatus>& container) {
  Observation observation;
  observation.replica_id = replica_id;
  observation.kind = ObservationKind::kStarted;
  observation.boot_id = after.boot_id;
  observation.boottime_us = after.boottime_us;
  if (container && container->started_at)
    observation.boottime_us =
        fleet::boottime_of(*container->started_at, {after.boottime_us, after.wall}, before.boottime_us);
  observation.observed_at = wall_of(observation.boottime_us, after);
  describe(container, observation);
  return observation;
}

}  // namespace dure::node
