// From what dure-node has at hand to what fleet::node_plan asks for, and from its answer to observations.
// Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "fleet/node_plan.h"
#include "model/node_link.h"
#include "node/journal.h"
#include "node/moment.h"
#include "ports/engine.h"

namespace dure::node {

// What this very process saw of a replica.
struct Sighting {
  std::int64_t running_us = 0;           // CLOCK_BOOTTIME at which it surely still ran
  std::optional<std::int64_t> ended_us;  // at which its process was seen to end
};
using Sightings = std::map<model::ReplicaId, Sighting>;

std::vector<fleet::ContainerFact> container_facts(const std::vector<ports::ContainerStatus>& containers);
std::vector<fleet::JournalFact> journal_facts(const Histories& histories, const Sightings& sightings,
                                              const std::string& boot_id);

// What is known about a replica when one of its observations is written.
struct Evidence {
  Moment now;
  History history;
  std::optional<Sighting> sighting;
  std::optional<ports::ContainerStatus> container;  // as the engine shows it now
};

// The observation of a record action. Where this process was watching, the moment is exact: it lies between
// two of its own readings of the boot's clock (before and after), and the process's end as the kernel told
// it, or else the engine's stamp, picks the point in between. An estimate is the engine's stamp, held within
// what the journal knows; its error is what the wall clock was stepped meanwhile. REQUIRES: a kRecord…
// action.
model::Observation observation_of(const fleet::Action& action, const Evidence& evidence);

// The observation of a start that this process has just carried out, between two readings of the clock.
model::Observation started_observation(const model::ReplicaId& replica_id, const Moment& before,
                                       const Moment& after,
                                       const std::optional<ports::ContainerStatus>& container);

}  // namespace dure::node
