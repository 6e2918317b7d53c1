#include "placement/refuse.h"

#include <algorithm>
#include <set>

#include "placement/fit.h"

namespace dure::placement {
namespace {

using Candidates = std::vector<const NodeRoom*>;

Candidates candidates(const Cluster& cluster, const Request& request) {
  Candidates nodes;
  for (const NodeRoom& node : cluster.nodes())
    if (in_pool(node, request) && form_given(node, request)) nodes.push_back(&node);
  return nodes;
}

std::int64_t& first_obstacle(Counts& counts, const NodeRoom& node, const Request& request) {
  if (!node_serves(node, Lens::kAsIs)) return counts.node_unavailable;
  if (!cpu_fits(node, request, Lens::kAsIs)) return counts.node_cpu;
  if (!memory_fits(node, request, Lens::kAsIs)) return counts.node_memory;
  return counts.fits;
}

std::int64_t& first_obstacle(Counts& counts, const NodeRoom& node, const CardRoom& card,
                             const Request& request) {
  if (!node_serves(node, Lens::kAsIs)) return counts.node_unavailable;
  if (!card_serves(card, Lens::kAsIs)) return counts.unhealthy;
  if (!card_fits(card, request, Lens::kAsIs)) return counts.busy;
  if (request.cards > whole_cards(node, request, Lens::kAsIs)) return counts.node_cards;
  return first_obstacle(counts, node, request);
}

Counts count(const Candidates& nodes, const Request& request) {
  Counts counts;
  for (const NodeRoom* node : nodes) {
    for (const CardRoom& card : node->cards) {
      if (!card_will_do(card, request)) continue;
      ++counts.looked_at;
      ++first_obstacle(counts, *node, card, request);
    }
  }
  return counts;
}

std::int64_t count_replicas(const Candidates& nodes, const Request& request, Lens lens) {
  std::int64_t sum = 0;
  for (const NodeRoom* node : nodes) sum += count_fitting(*node, request, lens, request.replicas - sum);
  return sum;
}

base::Reason unavailable(const Candidates& nodes, const Request& request, const Counts& counts) {
  std::string names;
  std::int64_t count = 0;
  for (const NodeRoom* node : nodes) {
    const bool has = std::any_of(node->cards.begin(), node->cards.end(), [&](const CardRoom& card) {
      return card_will_do(card, request) &&
             (!node_serves(*node, Lens::kAsIs) || !card_serves(card, Lens::kAsIs));
    });
    if (!has) continue;
    ++count;
    names += (names.empty() ? "" : ", ") + node->name;
  }
  return base::Reason("placement.node_unavailable")
      .with("nodes", names)
      .with("node_count", count)
      .with("cards_on_unavailable_nodes", counts.node_unavailable)
      .with("unhealthy_cards", counts.unhealthy);
}

// Nodes whose cards would do.
template <class Read>
std::int64_t largest_on_fitting(const Candidates& nodes, const Request& request, Read read) {
  std::int64_t largest = 0;
  Request cards_alone = request;
  cards_alone.cpu_milli = 0;
  cards_alone.memory = {};
  for (const NodeRoom* node : nodes)
    if (count_fitting(*node, cards_alone, Lens::kAsIs, 1) > 0) largest = std::max(largest, read(*node));
  return largest;
}

base::Reason no_cpu(const Candidates& nodes, const Request& request) {
  return base::Reason("placement.no_cpu")
      .with("need_cpu_milli", request.cpu_milli)
      .with("largest_cpu_milli",
            largest_on_fitting(nodes, request, [](const NodeRoom& node) { return node.free_cpu_milli; }));
}

base::Reason no_memory(const Candidates& nodes, const Request& request) {
  return base::Reason("placement.no_memory")
      .with("need_bytes", request.memory.value)
      .with("largest_bytes",
            largest_on_fitting(nodes, request, [](const NodeRoom& node) { return node.free_memory.value; }));
}

// What of the cards in MIG mode would do instead: the profiles that one of them has room for, and the most
// blocks of the one that is asked for.
struct Fitting {
  std::set<std::size_t> profiles;
  std::int64_t largest_blocks = 0;
};

void look_at(const CardRoom& card, const MigName& asked, Fitting& fitting) {
  const auto whole = base::MilliGpu::cards(1);
  for (std::size_t profile = 0; profile < asked.model->profiles.size(); ++profile)
    if (count_instances(card, {asked.model, profile}, whole, Lens::kAsIs, 1) > 0)
      fitting.profiles.insert(profile);
  fitting.largest_blocks = std::max(fitting.largest_blocks, largest_blocks(card, asked));
}

base::Reason no_instance(const Candidates& nodes, const Request& request, const Counts& counts) {
  const auto asked = made_instance(request);
  Fitting fitting;
  for (const NodeRoom* node : nodes)
    for (const CardRoom& card : node->cards)
      if (card.mig && card_will_do(card, request) && node_serves(*node, Lens::kAsIs))
        look_at(card, *asked, fitting);
  std::string names;
  for (const std::size_t profile : fitting.profiles)
    names += (names.empty() ? "" : ", ") + std::string(asked->model->profiles[profile].name);
  return base::Reason("placement.no_instance")
      .with("model", request.model)
      .with("need_blocks", request.cards > 0 ? kBlocksOfCard : request.blocks)
      .with("largest_blocks", fitting.largest_blocks)
      .with("cards", counts.looked_at)
      .with("full_cards", counts.busy)
      .with("cards_out_of_service", counts.unhealthy + counts.node_unavailable)
      .with("profiles_that_fit", names.empty() ? "-" : names);
}

base::Reason dominant(const Candidates& nodes, const Request& request, const Counts& counts) {
  const std::int64_t fit = count_replicas(nodes, request, Lens::kAsIs);
  if (count_replicas(nodes, request, Lens::kRepaired) >= request.replicas)
    return unavailable(nodes, request, counts);
  if (fit > 0) return incomplete_gang(request, fit);
  if (counts.node_cpu > 0) return no_cpu(nodes, request);
  if (counts.node_memory > 0) return no_memory(nodes, request);
  return no_instance(nodes, request, counts);
}

}  // namespace

Refusal refuse_instance(const Cluster& cluster, const Request& request) {
  const Candidates nodes = candidates(cluster, request);
  Counts counts = count(nodes, request);
  base::Reason reason = dominant(nodes, request, counts);
  return {RefusalKind::kNotNow, std::move(reason), counts};
}

}  // namespace dure::placement
