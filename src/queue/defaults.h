// CPU and memory for a request that leaves them out.
//
// They go with the GPU that is asked for: half of a card comes with half of what belongs to one. What belongs
// to a card is said by several (the pool's policy, the allocation, the account's ceiling, the machines
// themselves), and the least of them is taken, so that a default is within every ceiling and fits every
// machine. A request without a card gets one core and 1 GiB. Nothing here ever gives less than a shell needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "model/workload.h"
#include "placement/cluster.h"
#include "queue/rules.h"

namespace dure::queue {

// What goes with so much GPU; 0 says nothing of it.
struct Portion {
  base::MilliGpu gpu;
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
  bool operator==(const Portion&) const = default;
};

Portion portion_of(const Ceiling& ceiling);
// One per machine of the pool that has the model.
std::vector<Portion> portions_of(const placement::Cluster& cluster, const std::string& pool,
                                 const std::string& model);

// The spec with CPU and memory, where they are 0. One whose numbers are out of range stays as it is: admit()
// refuses it.
model::WorkloadSpec with_defaults(model::WorkloadSpec spec, const std::vector<Portion>& portions);

}  // namespace dure::queue
