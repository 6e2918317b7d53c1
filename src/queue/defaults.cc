#include "queue/defaults.h"

#include <algorithm>
#include <optional>

#include "model/ranges.h"
#include "placement/pool_part.h"
#include "placement/request.h"

namespace dure::queue {
namespace {

// Without a card.
constexpr std::int64_t kPlainCpuMilli = 1000;
constexpr base::Bytes kPlainMemory{1LL << 30};
// What a shell needs to be of use, however small the share.
constexpr std::int64_t kLeastDefaultCpuMilli = 100;
constexpr base::Bytes kLeastDefaultMemory{64LL << 20};
constexpr std::int64_t kMemoryStep = 1LL << 20;

// The least of `total` per `whole`, for `part`; nothing where nobody says anything.
template <class Total>
std::optional<std::int64_t> least_of(const std::vector<Portion>& portions, base::MilliGpu part, Total total) {
  std::optional<std::int64_t> least;
  for (const Portion& portion : portions) {
    if (portion.gpu.value <= 0 || total(portion) <= 0) continue;
    const std::int64_t share = base::multiply_divide(total(portion), part.value, portion.gpu.value);
    least = least ? std::min(*least, share) : share;
  }
  return least;
}

// An instance that the node has counts as its part of a card.
base::MilliGpu gpu_of(const placement::NodeRoom& node) {
  base::MilliGpu sum;
  for (const placement::CardRoom& card : node.cards) {
    const auto instance = placement::parse_mig_model(card.model);
    sum = sum + (instance ? placement::milli_gpu_of(*instance) : base::MilliGpu::cards(1));
  }
  return sum;
}

}  // namespace

Portion portion_of(const Ceiling& ceiling) {
  if (!ceiling.gpu) return {};
  return {*ceiling.gpu, ceiling.cpu_milli.value_or(0), ceiling.memory.value_or(base::Bytes{})};
}

std::vector<Portion> portions_of(const placement::Cluster& cluster, const std::string& pool,
                                 const std::string& model) {
  std::vector<Portion> portions;
  for (const placement::NodeRoom& node : cluster.nodes()) {
    const auto instance = placement::parse_mig_model(model);
    const bool has_it =
        std::any_of(node.cards.begin(), node.cards.end(), [&](const placement::CardRoom& card) {
          return card.mig ? instance && instance->model == card.partition.model() : card.model == model;
        });
    if (!has_it || !placement::pool_will_do(pool, node.pool)) continue;
    portions.push_back({gpu_of(node), node.cpu_milli, node.memory});
  }
  return portions;
}

model::WorkloadSpec with_defaults(model::WorkloadSpec spec, const std::vector<Portion>& portions) {
  if (!model::out_of_range(spec).empty()) return spec;
  const base::MilliGpu gpu = placement::milli_gpu_per_replica(placement::request_of(spec, ""));
  std::optional<std::int64_t> cpu_milli, memory;
  if (gpu.value > 0) {
    cpu_milli = least_of(portions, gpu, [](const Portion& portion) { return portion.cpu_milli; });
    memory = least_of(portions, gpu, [](const Portion& portion) { return portion.memory.value; });
  }
  if (spec.cpu_milli == 0)
    spec.cpu_milli = std::max(kLeastDefaultCpuMilli, cpu_milli.value_or(kPlainCpuMilli));
  if (spec.memory.value == 0) {
    const std::int64_t found = std::max(kLeastDefaultMemory.value, memory.value_or(kPlainMemory.value));
    spec.memory = {found - found % kMemoryStep};
  }
  return spec;
}

}  // namespace dure::queue
