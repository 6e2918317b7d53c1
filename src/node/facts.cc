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

bool ends(const fleet::Action& action) {
  return action.kind == fleet::ActionKind::kRecordEnded;
}

// The latest moment of this boot at which what is now recorded had surely not happened: for a start, the
// intent; for an end, also the last moment at which it was seen running.
std::int64_t not_before(const fleet::Action& action, const Evidence& evidence) {
  std::int64_t bound = 0;
  const History& history = evidence.history;
  if (history.intent && history.intent->boot_id == evidence.now.boot_id)
    bound = std::max(bound, history.intent->boottime_us);
  if (history.last && history.last->boot_id == evidence.now.boot_id)
    bound = std::max(bound, history.last->boottime_us);
  if (ends(action) && evidence.sighting) bound = std::max(bound, evidence.sighting->running_us);
  return std::min(bound, evidence.now.boottime_us);
}

std::int64_t stamp_boottime(const fleet::Action& action, base::Instant stamp, const Evidence& evidence) {
  return fleet::boottime_of(stamp, {evidence.now.boottime_us, evidence.now.wall},
                            not_before(action, evidence));
}

// Seen by this process: the end of the process as the kernel told it; the engine's stamp; or now.
std::int64_t seen_boottime(const fleet::Action& action, const Evidence& evidence) {
  if (ends(action) && evidence.sighting && evidence.sighting->ended_us) {
    const std::int64_t end = *evidence.sighting->ended_us;
    if (end >= not_before(action, evidence) && end <= evidence.now.boottime_us) return end;
  }
  if (evidence.container) {
    const auto& stamp = ends(action) ? evidence.container->finished_at : evidence.container->started_at;
    if (stamp) return stamp_boottime(action, *stamp, evidence);
  }
  return evidence.now.boottime_us;
}

// The last that is known of it, on the clock of the boot in which it was known.
void place_at_last_known(const Evidence& evidence, Observation& observation) {
  const History& history = evidence.history;
  if (history.last) {
    observation.boot_id = history.last->boot_id;
    observation.boottime_us = history.last->boottime_us;
    observation.observed_at = history.last->observed_at;
  } else if (history.intent) {
    observation.boot_id = history.intent->boot_id;
    observation.boottime_us = history.intent->boottime_us;
    observation.observed_at = history.intent->decided_at;
  }
  const bool seen_later = evidence.sighting && observation.boot_id == evidence.now.boot_id &&
                          evidence.sighting->running_us > observation.boottime_us;
  if (!seen_later) return;
  observation.boottime_us = evidence.sighting->running_us;
  observation.observed_at = wall_of(observation.boottime_us, evidence.now);
}

void place_on_this_boot(const fleet::Action& action, const Evidence& evidence, Observation& observation) {
  switch (action.evidence) {
    case fleet::Evidence::kSeen:
      observation.boottime_us = seen_boottime(action, evidence);
      break;
    case fleet::Evidence::kEngineStamp:
      observation.boottime_us =
          evidence.sighting && evidence.sighting->ended_us && ends(action)
              ? seen_boottime(action, evidence)
              : stamp_boottime(action, action.stamp.value_or(evidence.now.wall), evidence);
      break;
    default:
      observation.boottime_us = evidence.now.boottime_us;
  }
  observation.observed_at = wall_of(observation.boottime_us, evidence.now);
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

Observation observation_of(const fleet::Action& action, const Evidence& evidence) {
  Observation observation;
  observation.replica_id = action.replica_id;
  observation.boot_id = evidence.now.boot_id;
  observation.boottime_us = evidence.now.boottime_us;
  observation.observed_at = evidence.now.wall;
  observation.estimated = action.estimated;
  const bool ended = ends(action);
  observation.kind = ended ? ObservationKind::kEnded : ObservationKind::kStarted;
  describe(evidence.container, observation);
  if (ended) {
    observation.exit_code = action.exit_code;
    observation.out_of_memory = action.out_of_memory;
    observation.failure = action.failure;
  }
  const bool elsewhere =
      action.evidence == fleet::Evidence::kLastSeen || action.evidence == fleet::Evidence::kBootChanged;
  if (elsewhere)
    place_at_last_known(evidence, observation);
  else
    place_on_this_boot(action, evidence, observation);
  return observation;
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
