#include "fleet/relocation.h"

#include <utility>

#include "base/result.h"

namespace dure::fleet {

bool relocated(const model::Run& run) {
  return run.outcome == model::RunOutcome::kPreempted && run.ended_reason &&
         run.ended_reason->code == "placement.moved";
}

RunStep relocate(const model::Run& run, const std::vector<model::Replica>& replicas,
                 std::vector<model::PromisedCard> to, base::Instant now) {
  DURE_ASSERT(run.state == model::RunState::kRunning && !to.empty());
  RunStep step;
  step.run = run;
  step.replicas = replicas;
  step.run.state = model::RunState::kStopping;
  step.run.outcome = model::RunOutcome::kPreempted;
  step.run.stop_requested_at = now;
  step.run.ended_reason = base::Reason("placement.moved");
  step.run.estimated_start_at = now;
  step.run.promised_on = std::move(to);
  for (model::Replica& replica : step.replicas) replica.desired = model::Desired::kStopped;
  step.changed = true;
  return step;
}

}  // namespace dure::fleet
