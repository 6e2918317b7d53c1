// What a decision of the queue reads: everything that waits and runs, and what it may take, from the rows of
// one transaction.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "base/result.h"
#include "commands/group_bindings.h"
#include "commands/work.h"
#include "model/award.h"
#include "model/workload.h"
#include "placement/cluster.h"
#include "queue/entry.h"
#include "queue/rules.h"

namespace dure::commands {

// A run that waits and whose rows say too little to decide on it: it stands aside, the others go on.
struct Unreadable {
  model::Run run;
  base::Reason cause;
};

// A run that waits and may not start as things are, whatever room there is: it stands aside until that
// changes.
struct Barred {
  model::Run run;
  base::Reason why;
};

struct Scene {
  base::Instant now;
  placement::Cluster cluster;
  GroupBindings groups{{}};
  std::vector<model::Run> runs;  // queued
  std::vector<Unreadable> unreadable;
  std::vector<Barred> barred;
  std::vector<queue::Entry> entries;
  std::vector<queue::Running> running;
  queue::Limits limits;
  queue::Rules rules;
  std::map<model::RunId, model::WorkloadSpec> specs;
  std::map<model::RunId, model::WorkloadId> workloads;
  std::map<model::AllocationId, model::Allocation> allocations;
  std::set<model::AllocationId> weighed;       // whose blocks count in their project's share already
  std::map<std::string, model::Quota> quotas;  // in force, by their subject
};

// What runs and cannot be read holds what its shares say, and ends at no known time.
base::Result<Scene> load_scene(Work& work);

}  // namespace dure::commands
