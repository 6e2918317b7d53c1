// For tests and benchmarks: why a request does not fit now, by a look at every node and card. refuse.cc must
// say the same from what the index counts.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "placement/cluster.h"
#include "placement/fit.h"

namespace dure::placement::scan {

using Candidates = std::vector<const NodeRoom*>;

inline Candidates candidates(const Cluster& cluster, const Request& request) {
  Candidates nodes;
  for (const NodeRoom& node : cluster.nodes())
    if (in_pool(node, request) && form_given(node, request)) nodes.push_back(&node);
  return nodes;
}

inline std::int64_t& first_obstacle(Counts& counts, const NodeRoom& node, const Request& request) {
  if (!node_serves(node, Lens::kAsIs)) return counts.node_unavailable;
  if (!cpu_fits(node, request, Lens::kAsIs)) return counts.node_cpu;
  if (!memory_fits(node, request, Lens::kAsIs)) return counts.node_memory;
  return counts.fits;
}

inline std::int64_t whole_cards_of(const NodeRoom& node, const std::string& model) {
  Request one;
  one.model = model;
  one.cards = 1;
  return whole_cards(node, one, Lens::kAsIs);
}

inline std::int64_t& first_obstacle(Counts& counts, const NodeRoom& node, const CardRoom& card,
                                    const Request& request) {
  if (!node_serves(node, Lens::kAsIs)) return counts.node_unavailable;
  if (!card_serves(card, Lens::kAsIs)) return counts.unhealthy;
  if (!card_fits(card, request, Lens::kAsIs)) return counts.busy;
  if (request.cards > whole_cards_of(node, card.model)) return counts.node_cards;
  return first_obstacle(counts, node, request);
}

inline Counts count(const Candidates& nodes, const Request& request) {
  Counts counts;
  for (const NodeRoom* node : nodes) {
    if (!needs_card(request)) {
      ++counts.looked_at;
      ++first_obstacle(counts, *node, request);
      continue;
    }
    for (const CardRoom& card : node->cards) {
      if (!model_will_do(request, card.model)) continue;
      ++counts.looked_at;
      ++first_obstacle(counts, *node, card, request);
    }
  }
  return counts;
}

inline std::int64_t count_replicas(const Candidates& nodes, const Request& request, Lens lens) {
  std::int64_t sum = 0;
  for (const NodeRoom* node : nodes) sum += count_fitting(*node, request, lens, request.replicas - sum);
  return sum;
}

inline base::Reason unavailable(const Candidates& nodes, const Request& request, const Counts& counts) {
  std::string names;
  std::int64_t count = 0;
  for (const NodeRoom* node : nodes) {
    const bool has = !needs_card(request) ||
                     std::any_of(node->cards.begin(), node->cards.end(), [&](const CardRoom& card) {
                       return model_will_do(request, card.model) &&
                              (!node_serves(*node, Lens::kAsIs) || !card_serves(card, Lens::kAsIs));
                     });
    if (!has || (!needs_card(request) && node_serves(*node, Lens::kAsIs))) continue;
    if (++count > 20) continue;
    names += (names.empty() ? "" : ", ") + node->name;
  }
  if (count > 20) names += ", …";
  return base::Reason("placement.node_unavailable")
      .with("nodes", names)
      .with("node_count", count)
      .with("cards_on_unavailable_nodes", needs_card(request) ? counts.node_unavailable : 0)
      .with("unhealthy_cards", counts.unhealthy);
}

inline base::Reason gang_incomplete(const Request& request, std::int64_t fit) {
  return base::Reason("placement.gang_incomplete")
      .with("need_replicas", request.replicas)
      .with("fit_replicas", fit);
}

// Nodes whose cards would do.
template <class Read>
inline std::int64_t largest_on_fitting(const Candidates& nodes, const Request& request, Read read) {
  std::int64_t largest = 0;
  Request cards_alone = request;
  cards_alone.cpu_milli = 0;
  cards_alone.memory = {};
  for (const NodeRoom* node : nodes)
    if (count_fitting(*node, cards_alone, Lens::kAsIs, 1) > 0) largest = std::max(largest, read(*node));
  return largest;
}

inline base::Reason no_cpu(const Candidates& nodes, const Request& request) {
  return base::Reason("placement.no_cpu")
      .with("need_cpu_milli", request.cpu_milli)
      .with("largest_cpu_milli",
            largest_on_fitting(nodes, request, [](const NodeRoom& node) { return node.free_cpu_milli; }));
}

inline base::Reason no_memory(const Candidates& nodes, const Request& request) {
  return base::Reason("placement.no_memory")
      .with("need_bytes", request.memory.value)
      .with("largest_bytes",
            largest_on_fitting(nodes, request, [](const NodeRoom& node) { return node.free_memory.value; }));
}

struct Free {
  std::int64_t sum = 0;
  std::int64_t largest = 0;
  void add(std::int64_t amount) {
    sum += amount;
    largest = std::max(largest, amount);
  }
};

inline Free free_blocks_of(const Candidates& nodes, const Request& request) {
  Free free;
  for (const NodeRoom* node : nodes)
    if (node_serves(*node, Lens::kAsIs))
      for (const CardRoom& card : node->cards)
        if (model_will_do(request, card.model) && card_serves(card, Lens::kAsIs))
          free.add(free_blocks(card, Lens::kAsIs));
  return free;
}

inline base::Reason no_blocks(const Candidates& nodes, const Request& request) {
  const Free free = free_blocks_of(nodes, request);
  if (free.largest >= request.blocks)
    return base::Reason("placement.no_card_memory")
        .with("model", request.model)
        .with("need_bytes", request.card_memory.value_or(base::Bytes{}).value);
  return base::Reason(free.sum >= request.blocks ? "placement.fragmented" : "placement.no_capacity")
      .with("model", request.model)
      .with("need_blocks", request.blocks)
      .with("free_blocks", free.sum)
      .with("largest_blocks", free.largest);
}

// Each once; none where the node is out of service.
inline std::set<std::string> models_of(const NodeRoom& node, const Request& request) {
  std::set<std::string> models;
  for (const CardRoom& card : node.cards)
    if (node_serves(node, Lens::kAsIs) && model_will_do(request, card.model)) models.insert(card.model);
  return models;
}

inline base::Reason no_cards(const Candidates& nodes, const Request& request) {
  Free free;
  for (const NodeRoom* node : nodes)
    for (const std::string& model : models_of(*node, request)) free.add(whole_cards_of(*node, model));
  return base::Reason(free.sum >= request.cards ? "placement.fragmented_cards" : "placement.no_cards")
      .with("model", request.model)
      .with("need_cards", request.cards)
      .with("free_cards", free.sum)
      .with("largest_cards", free.largest);
}

inline base::Reason dominant(const Candidates& nodes, const Request& request, const Counts& counts) {
  const std::int64_t fit = count_replicas(nodes, request, Lens::kAsIs);
  if (count_replicas(nodes, request, Lens::kRepaired) >= request.replicas)
    return unavailable(nodes, request, counts);
  if (fit > 0) return gang_incomplete(request, fit);
  if (counts.node_cpu > 0) return no_cpu(nodes, request);
  if (counts.node_memory > 0) return no_memory(nodes, request);
  return request.cards > 0 ? no_cards(nodes, request) : no_blocks(nodes, request);
}

inline Refusal refuse_now(const Cluster& cluster, const Request& request) {
  const Candidates nodes = candidates(cluster, request);
  Counts counts = count(nodes, request);
  base::Reason reason = dominant(nodes, request, counts);
  return {RefusalKind::kNotNow, std::move(reason), counts};
}

}  // namespace dure::placement::scan
