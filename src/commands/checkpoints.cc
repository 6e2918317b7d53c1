#include "commands/checkpoints.h"

#include <algorithm>

#include "commands/reads.h"
#include "commands/rows.h"

namespace dure::commands {
namespace {

base::Error at_fault(base::Reason reason) {
  return base::invalid(reason, {{"/at", reason}});
}

// By its node's clock a run may have begun a moment after now.
base::Result<base::Instant> moment_of(const model::Run& run, const model::RecordCheckpoint& command,
                                      base::Instant now) {
  if (!command.at) return std::max(now, *run.started_at);
  if (*command.at > now)
    return at_fault(base::Reason("run.checkpoint_ahead").with("at", base::to_text(*command.at)));
  if (*command.at < *run.started_at)
    return at_fault(base::Reason("run.checkpoint_before_start")
                        .with("at", base::to_text(*command.at))
                        .with("started_at", base::to_text(*run.started_at)));
  return *command.at;
}

}  // namespace

base::Result<model::Run> record_checkpoint(Work& work, const model::RunId& id,
                                           const model::RecordCheckpoint& command) {
  DURE_LET(run, load_for(work, work.tx.runs(), id, access::Permission::kWorkloadControl));
  if (!run.started_at || run.state == model::RunState::kEnded)
    return base::error(base::ErrorKind::kConflict, base::Reason("run.not_running").with("run", id.text));
  DURE_LET(at, moment_of(run, command, work.now));
  if (run.checkpoint_at && at <= *run.checkpoint_at) return run;
  run.checkpoint_at = at;
  DURE_TRY(work.save(work.tx.runs(), run));
  DURE_TRY(work.publish("run.checkpoint", "runs/" + id.text, resource_of(run)));
  DURE_TRY(work.audit("runs.checkpoint", "runs/" + id.text, resource_of(run),
                      "{\"at\":\"" + base::to_text(at) + "\"}"));
  return run;
}

}  // namespace dure::commands
