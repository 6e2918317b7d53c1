// What an observation of dure-node makes of a replica.
#pragma once

#include "model/usage.h"
#include "model/workload.h"

namespace dure::fleet {

// The replica after the observation. Observations may come doubled and in any order: a later state never
// turns into an earlier one, and an end that was seen is kept. `started_at` is set by the first start and
// `ended_at` by the end, from the node's wall clock. An end without an exit code, of a replica that was given
// up with its node or not, leaves it `lost`; the end that a returned node reports later fills in what was
// unknown.
// REQUIRES: observation.replica_id == replica.id.
model::Replica observe(const model::Replica& replica, const model::Observation& observation);

}  // namespace dure::fleet
