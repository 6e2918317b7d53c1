// What can never be met, on the empty cluster with everything in service, and what would fit instead.
#include <algorithm>
#include <set>

#include "placement/fit.h"
#include "placement/place.h"
#include "placement/pool_part.h"
#include "placement/refuse.h"

namespace dure::placement {
namespace {

Refusal never(base::Reason reason) {
  return {RefusalKind::kNotEver, std::move(reason), {}};
}

Refusal not_allowed(base::Reason reason) {
  return {RefusalKind::kNotAllowed, std::move(reason), {}};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Nothing here depends on what runs or serves, so that one node of each kind tells of all.
const NodeRoom& node_of(const Cluster& cluster, const Index::Kind& kind) {
  return cluster.nodes()[kind.first];
}

template <class Says>
bool any_kind(const Cluster& cluster, Says says) {
  return std::any_of(cluster.index().kinds().begin(), cluster.index().kinds().end(),
                     [&](const Index::Kind& kind) { return says(node_of(cluster, kind)); });
}

// That have nodes which are nobody's: whose the others are is not told.
std::vector<std::string> pools(const Cluster& cluster) {
  std::set<std::string> names;
  for (const Index::Kind& kind : cluster.index().kinds())
    if (const NodeRoom& node = node_of(cluster, kind); part_of(node.pool).empty()) names.insert(node.pool);
  return {names.begin(), names.end()};
}

std::optional<Refusal> contradictory(const Request& request) {
  std::string what;
  if (request.replicas < 1) {
    what = "replicas";
  } else if (request.cards < 0 || request.cpu_milli < 0 || request.memory.value < 0) {
    what = "size";
  } else if (request.blocks > 0 && request.cards > 0) {
    what = "blocks_and_cards";
  } else if (request.model.empty() && (request.blocks != 0 || request.cards != 0)) {
    what = "no_model";
  } else if (!request.model.empty() && request.blocks == 0 && request.cards == 0) {
    what = "no_amount";
  } else if (request.card_memory && (request.blocks == 0 || request.card_memory->value < 0)) {
    what = "card_memory";
  }
  if (what.empty()) return std::nullopt;
  return never(base::Reason("placement.contradictory").with("what", what));
}

bool has_pool(const Cluster& cluster, const std::string& pool) {
  return any_kind(cluster, [&](const NodeRoom& node) { return pool_will_do(pool, node.pool); });
}

// Others have all nodes of that pool.
bool kept_for_others(const Cluster& cluster, const std::string& pool) {
  return any_kind(cluster, [&](const NodeRoom& node) {
    return pool_will_do(pool, whole_pool(node.pool)) && !part_of(node.pool).empty();
  });
}

bool has_model(const Cluster& cluster, const std::string& pool, const Request& request) {
  return any_kind(cluster, [&](const NodeRoom& node) {
    return pool_will_do(pool, node.pool) &&
           std::any_of(node.cards.begin(), node.cards.end(),
                       [&](const CardRoom& card) { return card_will_do(card, request); });
  });
}

std::optional<Refusal> unknown(const Cluster& cluster, const Request& request) {
  const bool there = has_pool(cluster, request.pool);
  if (!there && kept_for_others(cluster, request.pool))
    return never(base::Reason("placement.pool_not_open").with("known", joined(pools(cluster))));
  if (!there && !request.pool.empty())
    return never(base::Reason("placement.unknown_pool")
                     .with("pool", request.pool)
                     .with("known", joined(pools(cluster))));
  if (request.model.empty() || has_model(cluster, request.pool, request)) return std::nullopt;
  // Who is kept to a part is told what that has.
  if (part_of(request.pool).empty() && !has_model(cluster, "", request))
    return never(base::Reason("placement.unknown_model")
                     .with("model", request.model)
                     .with("known", joined(models(cluster, ""))));
  return never(base::Reason("placement.model_not_in_pool")
                   .with("model", request.model)
                   .with("pool", request.pool)
                   .with("known", joined(models(cluster, request.pool))));
}

// Before anything is multiplied by it or counted up to it.
std::optional<Refusal> too_many_replicas(const Request& request) {
  if (request.replicas <= model::kMostReplicas) return std::nullopt;
  return never(base::Reason("placement.too_many_replicas")
                   .with("asked_replicas", request.replicas)
                   .with("largest_replicas", model::kMostReplicas));
}

std::optional<Refusal> wrong_form(const Cluster& cluster, const Request& request) {
  if (request.blocks < 0 || request.blocks > 100)
    return never(base::Reason("placement.blocks_out_of_range")
                     .with("asked_blocks", request.blocks)
                     .with("largest_blocks", 100));
  if (!needs_card(request)) return std::nullopt;
  const bool given = any_kind(cluster, [&](const NodeRoom& node) {
    return in_pool(node, request) && form_given(node, request) &&
           std::any_of(node.cards.begin(), node.cards.end(),
                       [&](const CardRoom& card) { return card_will_do(card, request); });
  });
  if (given) return std::nullopt;
  return not_allowed(base::Reason(request.cards > 0 ? "placement.blocks_only" : "placement.whole_cards_only")
                         .with("model", request.model)
                         .with("pool", request.pool));
}

// The nodes on which the request's cards alone would fit, and the largest that each dimension has there.
struct Largest {
  std::int64_t cards = 0;
  base::Bytes card_memory;
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
  std::int64_t replicas = 0;
};

void look_at_cards(const NodeRoom& node, const Request& request, Largest& largest) {
  largest.cards = std::max(largest.cards, whole_cards(node, request, Lens::kEmpty));
  for (const CardRoom& card : node.cards)
    if (!card.mig && model_will_do(request, card.model))
      largest.card_memory = std::max(largest.card_memory, card.memory);
}

Largest largest_of(const Cluster& cluster, const Request& request) {
  Largest largest;
  Request cards_alone = request;
  cards_alone.cpu_milli = 0;
  cards_alone.memory = {};
  for (const Index::Kind& kind : cluster.index().kinds()) {
    const NodeRoom& node = node_of(cluster, kind);
    if (!in_pool(node, request) || !form_given(node, request)) continue;
    look_at_cards(node, request, largest);
    if (count_fitting(node, cards_alone, Lens::kEmpty, 1) == 0) continue;
    largest.cpu_milli = std::max(largest.cpu_milli, node.cpu_milli);
    largest.memory = std::max(largest.memory, node.memory);
    largest.replicas += kind.nodes * count_fitting(node, request, Lens::kEmpty, request.replicas);
  }
  largest.replicas = std::min(largest.replicas, request.replicas);
  return largest;
}

std::optional<Refusal> too_large(const Largest& largest, const Request& request) {
  if (request.cards > largest.cards)
    return never(base::Reason("placement.too_many_cards")
                     .with("model", request.model)
                     .with("asked_cards", request.cards)
                     .with("largest_cards", largest.cards));
  if (request.card_memory && *request.card_memory > largest.card_memory)
    return never(base::Reason("placement.too_much_card_memory")
                     .with("model", request.model)
                     .with("asked_bytes", request.card_memory->value)
                     .with("largest_bytes", largest.card_memory.value));
  if (request.cpu_milli > largest.cpu_milli)
    return never(base::Reason("placement.too_much_cpu")
                     .with("asked_cpu_milli", request.cpu_milli)
                     .with("largest_cpu_milli", largest.cpu_milli));
  if (request.memory > largest.memory)
    return never(base::Reason("placement.too_much_memory")
                     .with("asked_bytes", request.memory.value)
                     .with("largest_bytes", largest.memory.value));
  if (request.replicas <= largest.replicas) return std::nullopt;
  if (largest.replicas == 0)
    return never(base::Reason("placement.too_much_together")
                     .with("asked_cpu_milli", request.cpu_milli)
                     .with("asked_bytes", request.memory.value));
  return never(base::Reason(request.apart ? "placement.too_many_apart" : "placement.too_many_replicas")
                   .with("asked_replicas", request.replicas)
                   .with("largest_replicas", largest.replicas));
}

void add_names(const CardRoom& card, std::set<std::string>& names) {
  if (!card.mig) names.insert(card.model);
  const MigModel* model = card.mig ? card.partition.model() : nullptr;
  for (std::size_t profile = 0; model != nullptr && profile < model->profiles.size(); ++profile)
    names.insert(mig_model_name({model, profile}));
}

}  // namespace

std::vector<std::string> models(const Cluster& cluster, const std::string& pool) {
  std::set<std::string> names;
  for (const Index::Kind& kind : cluster.index().kinds())
    if (const NodeRoom& node = node_of(cluster, kind); pool_will_do(pool, node.pool))
      for (const CardRoom& card : node.cards) add_names(card, names);
  return {names.begin(), names.end()};
}

base::Bytes largest_card_memory(const Cluster& cluster, const std::string& model) {
  base::Bytes largest;
  for (const Index::Kind& kind : cluster.index().kinds())
    for (const CardRoom& card : node_of(cluster, kind).cards)
      if (!card.mig && card.model == model) largest = std::max(largest, card.memory);
  if (const auto name = parse_mig_model(model); name && largest.value == 0)
    largest = name->model->profiles[name->profile].memory;
  return largest;
}

std::optional<Refusal> contradiction(const Request& request) {
  if (auto refusal = contradictory(request)) return refusal;
  return too_many_replicas(request);
}

std::optional<Refusal> possible(const Cluster& cluster, const Request& request) {
  if (auto refusal = contradiction(request)) return refusal;
  if (auto refusal = unknown(cluster, request)) return refusal;
  if (auto refusal = wrong_form(cluster, request)) return refusal;
  return too_large(largest_of(cluster, request), request);
}

}  // namespace dure::placement
