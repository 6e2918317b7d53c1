// advance(): the next state of a run and its replicas, from what is wanted and what was observed.
//
//   queued -> assigned -> running -> stopping -> ended
//
// A queued run is ended here only where nobody wants it any more; whether it may start is the queue's matter.
// From the moment at which a run is told to stop (kStopping), `outcome` and `ended_reason` already say why,
// so that the cause survives a restart; they are final in kEnded. Calling again with the same facts changes
// nothing. A run has ended when all of its replicas have; a gang whose one replica failed is stopped whole.
//
// A node that was lost for longer than the grace takes its replicas with it: they end as lost, at the node's
// last report, and so does the run. When the node comes back with the container still running, the run stays
// ended: the container is not in the node's orders and is stopped there (node_plan.h), and the exact end
// corrects the ledger (ledger/book.h). A workload whose run was lost through no fault of its own, or stopped
// for somebody else (preempt) or to start elsewhere (relocation.h), gets a new attempt; a job that failed
// gets one while it has retries left.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/ids.h"
#include "model/workload.h"

namespace dure::fleet {

// What is wanted of the run.
struct Wanted {
  model::Desired desired = model::Desired::kRunning;  // of the workload
  std::int64_t time_limit_s = 0;                      // the smaller of the spec's and the policy's; 0: none
  std::int64_t max_retries = 0;                       // of a job that failed, since it was last started
  bool retry_lost = true;                             // a new attempt when it was lost with its node
  // Why it must stop whatever is desired, as a reason ("run.allocation_ended", "run.idle", …); none: go on.
  std::optional<base::Reason> must_stop;
};

// How long a retry waits before it may start, so that what fails at once does not spin: twice as long each
// time.
struct RetryPause {
  base::Span first = base::Span::seconds(10);
  base::Span most = base::Span::minutes(5);
};

struct LostNode {
  base::Instant last_report_at;
};

struct RunFacts {
  model::Run run;
  std::vector<model::Replica> replicas;  // of this run; empty while it is queued
  // Failures that the nodes reported for replicas that never ran or vanished (Observation::failure).
  std::map<model::ReplicaId, base::Reason> failures;
  Wanted wanted;
  std::map<model::NodeId, LostNode> lost_nodes;  // lost for longer than the grace
  // How long it has run by now, by the clocks of its nodes' boots (run_length.h); nothing: not known.
  std::optional<base::Span> length;
  base::Instant now;
};

struct RunStep {
  model::Run run;
  std::vector<model::Replica> replicas;
  // Replicas whose end is known: their shares are released in the same transaction, where they still are
  // held. A replica that ended while it was wanted makes a change of its own, so that its shares do not wait
  // for the rest of its gang.
  std::vector<model::ReplicaId> release;
  // The run ended in this step, and a new attempt shall be queued (next_attempt).
  bool retry = false;
  bool changed = false;  // the run or a replica differs from what was given
};

RunStep advance(const RunFacts& facts);

// The step by which the centre stops a run that is to start anew: kStopping with the outcome kPreempted and
// the reason why, once; when its replicas have ended, advance() asks for the next attempt, unless its owner
// has stopped it meanwhile or it must stop for a cause of its own. Nothing where it does not run, is stopping
// already or has just ended.
std::optional<RunStep> preempt(const RunFacts& facts, const base::Reason& reason);

// The next attempt of an ended run. One that was lost or preempted keeps its place in the queue (queued_at),
// and uses up no retry; one that failed queues again at `now`. What failed pauses, and so does what was lost
// without its node: both may happen again at once.
model::Run next_attempt(const model::Run& former, const model::RunId& id, base::Instant now,
                        const RetryPause& pause = {});

}  // namespace dure::fleet
