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

// The observations of a record action, in their order. Where this process was watching there is one, and its
// moment is exact: it lies between two of its own readings of the boot's clock (before and after), and the
// process's end as the kernel told it, or else the engine's stamp, picks the point in between.
//
// An estimate comes with a kRunning that bounds it from the other side, so that the two say how far the truth
// may be away:
//   a start   started at its earliest moment, then known to run at its latest
//   an end    known to run at its earliest moment, then ended at its latest
// The engine's stamp gives both, read by the clocks as they stood when the journal was last written and as
// they stand now: what the wall clock was stepped in between lies between the two. A stamp that contradicts
// what was seen is no evidence. Then a start lies between its intent and now, and an end is taken where it
// was last seen: what was not seen is not charged, and nothing bounds the truth from above. REQUIRES: a
// kRecord… action.
std::vector<model::Observation> observations_of(const fleet::Action& action, const Evidence& evidence);

// The observation of a start that this process has just carried out, between two readings of the clock.
model::Observation started_observation(const model::ReplicaId& replica_id, const Moment& before,
                                       const Moment& after,
                                       const std::optional<ports::ContainerStatus>& container);

}  // namespace dure::node
