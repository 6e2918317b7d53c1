#include "placement/place.h"

#include "placement/fit.h"
#include "placement/gang.h"
#include "placement/refuse.h"

namespace dure::placement {
namespace {

std::optional<std::vector<Spot>> find_spots(const Index& index, const Shape& shape, const Request& request) {
  const auto spot = index.forest().find(shape);
  if (!spot) return std::nullopt;
  if (request.replicas == 1) return std::vector<Spot>{*spot};
  Forest tried = index.forest();  // what replicas are tried on is not the cluster's
  return place_gang(tried, index.topology(), shape, request.replicas, request.apart);
}

std::optional<Plan> find_plan(const Cluster& cluster, const Request& request) {
  const auto shape = cluster.index().shape_of(request);
  if (!shape) return std::nullopt;
  const auto spots = find_spots(cluster.index(), *shape, request);
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
