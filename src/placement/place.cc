#include "placement/place.h"

#include "placement/fit.h"
#include "placement/refuse.h"

namespace dure::placement {
namespace {

// Replicas one by one, each beside those before it; what is taken and closed here is not the cluster's.
std::optional<std::vector<Spot>> spots_of_gang(Forest forest, const Shape& shape, const Request& request) {
  std::vector<Spot> spots;
  for (std::int64_t number = 0; number < request.replicas; ++number) {
    const auto spot = forest.find(shape);
    if (!spot) return std::nullopt;
    forest.take(shape, *spot);
    if (request.apart) {
      const auto [first, end] = forest.machine_of(spot->slot);
      for (std::size_t slot = first; slot < end; ++slot) forest.set_service(slot, false);
    }
    spots.push_back(*spot);
  }
  return spots;
}

std::optional<std::vector<Spot>> find_spots(const Forest& forest, const Shape& shape,
                                            const Request& request) {
  if (request.replicas > 1) return spots_of_gang(forest, shape, request);
  const auto spot = forest.find(shape);
  if (!spot) return std::nullopt;
  return std::vector<Spot>{*spot};
}

std::optional<Plan> find_plan(const Cluster& cluster, const Request& request) {
  const auto shape = cluster.index().shape_of(request);
  if (!shape) return std::nullopt;
  const auto spots = find_spots(cluster.index().forest(), *shape, request);
  if (!spots) return std::nullopt;
  Plan plan{cluster.version(), {}};
  for (const Spot& spot : *spots) {
    plan.replicas.push_back(cluster.index().planned(cluster.nodes(), request, spot));
    plan.replicas.back().number = static_cast<std::int64_t>(plan.replicas.size()) - 1;
  }
  return plan;
}

}  // namespace

Answer place(const Cluster& cluster, const Request& request) {
  if (auto refusal = contradiction(request)) return *std::move(refusal);
  if (request.blocks >= 0 && request.blocks <= kBlocksOfCard)
    if (auto plan = find_plan(cluster, request)) return *std::move(plan);
  if (auto refusal = possible(cluster, request)) return *std::move(refusal);
  return refuse_now(cluster, request);
}

}  // namespace dure::placement
