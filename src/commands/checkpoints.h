// What a run has saved of its work: a stop for somebody else loses only what came after (queue/scheduler.h).
#pragma once

#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// Notes that the run has saved its work, now or then. One that is not later than the last is no news and
// changes nothing. Permission: workload.control.
//
// Errors: run.not_running; run.checkpoint_ahead (in the future), run.checkpoint_before_start.
base::Result<model::Run> record_checkpoint(Work& work, const model::RunId& id,
                                           const model::RecordCheckpoint& command);

}  // namespace dure::commands
