#include "fleet/replica_state.h"

#include "base/result.h"

namespace dure::fleet {
namespace {

void see_running(model::Replica& replica, const model::Observation& observation) {
  const bool start = observation.kind == model::ObservationKind::kStarted;
  if (start && !replica.started_at) replica.started_at = observation.observed_at;
  if (replica.state != model::ReplicaState::kEnded) replica.state = model::ReplicaState::kRunning;
}

void see_end(model::Replica& replica, const model::Observation& observation) {
  const bool given_up = replica.state == model::ReplicaState::kEnded && replica.lost;
  if (replica.state == model::ReplicaState::kEnded && !given_up) return;
  replica.state = model::ReplicaState::kEnded;
  replica.ended_at = observation.observed_at;
  replica.exit_code = observation.exit_code;
  replica.out_of_memory = observation.out_of_memory;
  // Without an exit code it is lost, unless it is known that it never ran.
  replica.lost = given_up || (!observation.exit_code && !observation.failure);
}

}  // namespace

model::Replica observe(const model::Replica& replica, const model::Observation& observation) {
  DURE_ASSERT(observation.replica_id == replica.id);
  model::Replica next = replica;
  if (!observation.container_id.empty()) next.container_id = observation.container_id;
  if (observation.kind == model::ObservationKind::kEnded) {
    see_end(next, observation);
  } else {
    see_running(next, observation);
  }
  return next;
}

}  // namespace dure::fleet
