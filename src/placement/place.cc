#include "placement/place.h"

#include <algorithm>
#include <array>
#include <set>

#include "placement/fit.h"
#include "placement/refuse.h"

namespace dure::placement {
namespace {

// Where one replica would go. Smaller is better: `left` is what remains free there afterwards.
struct Choice {
  std::size_t node = 0;
  std::optional<std::size_t> card;  // blocks only
  std::array<std::int64_t, 2> left{};
};

void consider(std::optional<Choice>& best, const Choice& candidate) {
  if (!best || candidate.left < best->left) best = candidate;  // equals: the first in order stays
}

void consider_cards(std::optional<Choice>& best, const NodeRoom& node, std::size_t index,
                    const Request& request) {
  for (std::size_t i = 0; i < node.cards.size(); ++i) {
    const CardRoom& card = node.cards[i];
    if (!card_fits(card, request, Lens::kAsIs)) continue;
    consider(best, {index,
                    i,
                    {card.free.value - request.blocks * 10,
                     card.free_memory.value - card_memory_of(card, request).value}});
  }
}

void consider_node(std::optional<Choice>& best, const NodeRoom& node, std::size_t index,
                   const Request& request) {
  if (count_fitting(node, request, Lens::kAsIs, 1) == 0) return;
  if (request.blocks > 0) return consider_cards(best, node, index, request);
  if (request.cards > 0) {
    const std::int64_t left = whole_cards(node, request.model, Lens::kAsIs) - request.cards;
    return consider(best, {index, {}, {left}});
  }
  // Without cards: machines without cards first, so that the others keep CPU for theirs.
  consider(best, {index, {}, {node.cards.empty() ? 0 : 1, node.free_cpu_milli}});
}

std::vector<PlannedShare> shares_of(const NodeRoom& node, const Choice& choice, const Request& request) {
  if (choice.card) {
    const CardRoom& card = node.cards[*choice.card];
    return {{card.id, base::MilliGpu::blocks(request.blocks), card_memory_of(card, request)}};
  }
  std::vector<PlannedShare> shares;
  for (const CardRoom& card : node.cards) {
    if (static_cast<std::int64_t>(shares.size()) == request.cards) break;
    if (card_fits(card, request, Lens::kAsIs))
      shares.push_back({card.id, base::MilliGpu::cards(1), card.memory});
  }
  return shares;
}

// Places one replica on the nodes that are not in `closed`. The cluster does not change.
std::optional<PlannedReplica> place_one(const Cluster& cluster, const Request& request,
                                        const std::set<std::size_t>& closed, std::size_t& chosen) {
  std::optional<Choice> best;
  for (std::size_t i = 0; i < cluster.nodes().size(); ++i)
    if (!closed.contains(i)) consider_node(best, cluster.nodes()[i], i, request);
  if (!best) return std::nullopt;
  const NodeRoom& node = cluster.nodes()[best->node];
  chosen = best->node;
  return PlannedReplica{0, node.id, request.cpu_milli, request.memory, shares_of(node, *best, request)};
}

// An id for a replica that has none yet; no real replica has it.
model::ReplicaId scratch_id(std::int64_t number) {
  return model::ReplicaId("planned " + std::to_string(number));
}

std::optional<Plan> place_gang(const Cluster& cluster, const Request& request) {
  Plan plan{cluster.version(), {}};
  Cluster scratch = cluster;
  std::set<std::size_t> closed;
  for (std::int64_t number = 0; number < request.replicas; ++number) {
    std::size_t chosen = 0;
    auto replica = place_one(scratch, request, closed, chosen);
    if (!replica) return std::nullopt;
    replica->number = number;
    const base::Status taken = scratch.commit({scratch.version(), {*replica}}, {scratch_id(number)});
    DURE_ASSERT(taken.ok());
    if (request.apart) closed.insert(chosen);
    plan.replicas.push_back(std::move(*replica));
  }
  return plan;
}

std::optional<Plan> find_plan(const Cluster& cluster, const Request& request) {
  if (request.replicas > 1) return place_gang(cluster, request);
  std::size_t chosen = 0;
  auto replica = place_one(cluster, request, {}, chosen);
  if (!replica) return std::nullopt;
  return Plan{cluster.version(), {std::move(*replica)}};
}

}  // namespace

Answer place(const Cluster& cluster, const Request& request) {
  if (auto refusal = possible(cluster, request)) return *std::move(refusal);
  if (auto plan = find_plan(cluster, request)) return *std::move(plan);
  return refuse_now(cluster, request);
}

}  // namespace dure::placement
