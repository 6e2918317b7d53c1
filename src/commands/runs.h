// Carrying a run forward in a transaction: what the pure step (fleet/run_state.h) says, written as rows and
// events.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "commands/work.h"
#include "fleet/run_state.h"

namespace dure::commands {

// What the step needs beside the rows.
struct StepContext {
  std::map<model::NodeId, fleet::LostNode> lost_nodes;
  std::map<model::ReplicaId, base::Reason> failures;
};

// Loads the run with its replicas, takes the step, writes what changed, releases shares of replicas that
// ended, and queues the next attempt where there is one. True where anything changed.
base::Result<bool> step_run(Work& work, const model::RunId& id, const StepContext& context = {});

// Tells the run to stop for somebody else, with the reason; when it has ended it is queued again by itself
// (fleet::preempt). False, and nothing is written, where it does not run or is stopping already.
base::Result<bool> preempt_run(Work& work, const model::RunId& id, const base::Reason& reason);

// Seconds that a run of that kind may take: the smaller of its own limit (a job that names none has the
// policy's default) and the policy's longest; 0 for none.
std::int64_t time_limit_of(const model::WorkloadSpec& spec, model::WorkloadKind kind,
                           const policy::WorkloadRules& rules);

// A first or further attempt of the workload because somebody starts it, queued now. Its retries count from
// here.
base::Result<model::Run> queue_run(Work& work, model::Workload& workload);

// Steps every run that is not ended and whose time limit, allocation or workload may have changed since. For
// the keeper's loop; how many changed. One whose rows cannot be read is left as it is.
base::Result<std::int64_t> step_open_runs(Work& work, const StepContext& context = {});

}  // namespace dure::commands
