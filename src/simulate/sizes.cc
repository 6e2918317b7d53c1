#include "simulate/sizes.h"

#include <algorithm>

#include "placement/board.h"

namespace dure::simulate {
namespace {

// What a tenant's jobs ask for.
struct Demand {
  base::Wide area = 0;       // milli-GPU times microseconds
  std::int64_t largest = 0;  // milli-GPU
};

std::vector<Demand> demands_of(const JobTrace& trace) {
  std::vector<Demand> demands(trace.tenants.size());
  for (const Job& job : trace.jobs) {
    Demand& demand = demands[job.tenant];
    demand.area += static_cast<base::Wide>(job.total_milli_gpu()) * job.run_time.us;
    demand.largest = std::max(demand.largest, job.total_milli_gpu());
  }
  return demands;
}

base::Wide divided_up(base::Wide value, base::Wide by) {
  return (value + by - 1) / by;
}

}  // namespace

std::vector<std::int64_t> nodes_of_tenants(const JobTrace& trace, const Sizing& sizing) {
  DURE_ASSERT(sizing.cards_per_node >= 1 && sizing.cards_per_node <= placement::kMostCardsOfSlot);
  DURE_ASSERT(sizing.target_load.value >= 1 && sizing.target_load.value <= 10'000);
  const std::int64_t node = sizing.cards_per_node * placement::kWholeCard;
  const std::int64_t time =
      trace.jobs.empty() ? 0 : (trace.jobs.back().submitted - trace.jobs.front().submitted).us;
  std::vector<std::int64_t> nodes;
  for (const Demand& demand : demands_of(trace)) {
    base::Wide wanted = std::max<base::Wide>(1, divided_up(demand.largest, node));
    if (time > 0)
      wanted = std::max(wanted, divided_up(demand.area * 10'000,
                                           static_cast<base::Wide>(node) * time * sizing.target_load.value));
    nodes.push_back(static_cast<std::int64_t>(std::min<base::Wide>(wanted, kMostNodesOfTenant)));
  }
  return nodes;
}

}  // namespace dure::simulate
