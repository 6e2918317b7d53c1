// admit(): what is known at once when a workload is created, before it enters the queue.
//
// Refused at once: what contradicts itself (kInvalid), what the allocation, the menu of the pool or a ceiling
// does not give (kNotAllowed, F14, P18), what no machine here can ever run (kNotEver). Whatever is not
// refused may wait, but will run when there is room.
#pragma once

#include <vector>

#include "base/quantity.h"
#include "base/result.h"
#include "model/award.h"
#include "model/workload.h"
#include "placement/cluster.h"
#include "queue/rules.h"

namespace dure::queue {

struct Admission {
  model::AllocationState state = model::AllocationState::kActive;
  std::string pool;
  model::ResourceAmount limit;      // of the allocation
  std::int64_t borrow_percent = 0;  // beyond the limit, for what is preemptible
  Ceiling account;                  // F14
  Ceiling account_quota;            // what an operator has set for it
  Ceiling project;
  Ceiling organisation;
  std::vector<base::MilliGpu> menu;  // what may be picked at a start, over all replicas; empty: anything
};

// The spec is complete: CPU and memory are in it (defaults.h). Details point at its fields ("/blocks",
// "/model", …).
base::Status admit(const model::WorkloadSpec& spec, const Admission& admission,
                   const placement::Cluster& cluster);

}  // namespace dure::queue
