// Sizes: how large a cluster a trace is to be played on, where the trace does not say.
//
// Each tenant gets a number of whole nodes of its own, so many that what it submitted would keep them busy to
// a stated part; a cluster that all share is as large as these together. The load that a trace offers to a
// cluster is the area of its jobs (cards times run time) over the cards times the time from the first
// submission to the last (D. G. Feitelson, "Workload Modeling for Computer Systems Performance Evaluation",
// Cambridge 2015).
#pragma once

#include <cstdint>
#include <vector>

#include "base/quantity.h"
#include "simulate/jobs.h"

namespace dure::simulate {

inline constexpr std::int64_t kMostNodesOfTenant = 1'000'000;

struct Sizing {
  std::int64_t cards_per_node = 8;          // 1 … placement::kMostCardsOfSlot
  base::BasisPoints target_load = {9'000};  // 1 … 10'000
};

// The nodes of each tenant of the trace: its load over the target, or what its largest job takes alone,
// whichever is more; rounded up; 1 … kMostNodesOfTenant. The time is that of the whole trace, for all tenants
// the same; where it is none, because all came at once, the largest job alone decides.
// REQUIRES: the sizing is within its ranges, and the trace as a reader made it.
std::vector<std::int64_t> nodes_of_tenants(const JobTrace& trace, const Sizing& sizing);

}  // namespace dure::simulate
