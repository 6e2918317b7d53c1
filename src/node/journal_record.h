// One record of the journal, as it is written: exactly one of its members is set. JSON by field tables, so
// that a person can read the file and a later release can add members.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/usage.h"

namespace dure::node {

// Written before the engine is asked to start: from here on the replica counts as one that may have run.
struct StartIntent {
  model::ReplicaId replica_id;
  std::string container_id;
  std::string boot_id;
  std::int64_t boottime_us = 0;
  base::Instant decided_at;
};

// These replicas were all seen running at that moment: one record a second for all of them, so that an end
// that nobody sees is known to within a second. It is not reported: dured gets checkpoints (kRunning).
struct Sight {
  std::string boot_id;
  std::int64_t boottime_us = 0;
  base::Instant seen_at;
  std::vector<std::string> replica_ids;
};

// Observations of that boot up to that sequence are stored by dured. `last`: the highest one given out so
// far.
struct Numbering {
  std::string boot_id;
  std::int64_t last = 0;
  std::int64_t acknowledged = 0;
};

struct JournalRecord {
  std::optional<StartIntent> intent;
  std::optional<model::Observation> observation;
  std::optional<Numbering> numbering;
  std::optional<Sight> sight;
  // Nothing is left to do for this replica; kept for a while so that it is never started again.
  std::optional<model::ReplicaId> finished;
};

}  // namespace dure::node

namespace dure::model {

DURE_VALUE_FIELDS(node::StartIntent, field("replica_id", &node::StartIntent::replica_id),
                  field("container_id", &node::StartIntent::container_id),
                  field("boot_id", &node::StartIntent::boot_id),
                  field("boottime_us", &node::StartIntent::boottime_us),
                  field("decided_at", &node::StartIntent::decided_at));
DURE_VALUE_FIELDS(node::Sight, field("boot_id", &node::Sight::boot_id),
                  field("boottime_us", &node::Sight::boottime_us), field("seen_at", &node::Sight::seen_at),
                  field("replica_ids", &node::Sight::replica_ids));
DURE_VALUE_FIELDS(node::Numbering, field("boot_id", &node::Numbering::boot_id),
                  field("last", &node::Numbering::last),
                  field("acknowledged", &node::Numbering::acknowledged));
DURE_VALUE_FIELDS(node::JournalRecord, field("intent", &node::JournalRecord::intent),
                  field("observation", &node::JournalRecord::observation),
                  field("numbering", &node::JournalRecord::numbering),
                  field("sight", &node::JournalRecord::sight),
                  field("finished", &node::JournalRecord::finished));

}  // namespace dure::model
