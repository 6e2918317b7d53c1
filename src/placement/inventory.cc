#include "placement/inventory.h"

#include <algorithm>

#include "placement/fit.h"
#include "placement/place.h"
#include "placement/pool_part.h"

namespace dure::placement {
namespace {

// Adds one thing (a node's CPU, a card) of that size, of which `free` is free. A single request may take all
// that one thing has free, so the largest of them is Request Max.
void add_to_row(InventoryRow& row, std::int64_t size, std::int64_t free, bool serves) {
  const std::int64_t real_free = std::clamp<std::int64_t>(free, 0, size);
  row.total += size;
  row.used += size - real_free;
  (serves ? row.available : row.out_of_service) += real_free;
  if (serves) row.request_max = std::max(row.request_max, real_free);
}

bool in(const NodeRoom& node, const std::string& pool) {
  return pool_will_do(pool, node.pool);
}

bool serves(const NodeRoom& node, const CardRoom& card) {
  return node_serves(node, Lens::kAsIs) && card_serves(card, Lens::kAsIs);
}

// Cut into blocks: by its pool, or because some but not all of it is taken.
bool in_block_mode(const NodeRoom& node, const CardRoom& card) {
  if (node.mode != CardMode::kMixed) return node.mode == CardMode::kBlocks;
  return card.holders > 1 || (card.holders == 1 && card.free.value > 0);
}

InventoryRow row(std::string resource, ResourceKind kind, std::string model = "") {
  InventoryRow made;
  made.resource = std::move(resource);
  made.kind = kind;
  made.model = std::move(model);
  return made;
}

InventoryRow cpu_row(const Cluster& cluster, const std::string& pool) {
  InventoryRow sum = row("cpu", ResourceKind::kCpu);
  for (const NodeRoom& node : cluster.nodes())
    if (in(node, pool)) add_to_row(sum, node.cpu_milli, node.free_cpu_milli, node_serves(node, Lens::kAsIs));
  return sum;
}

InventoryRow memory_row(const Cluster& cluster, const std::string& pool) {
  InventoryRow sum = row("memory", ResourceKind::kMemory);
  for (const NodeRoom& node : cluster.nodes())
    if (in(node, pool))
      add_to_row(sum, node.memory.value, node.free_memory.value, node_serves(node, Lens::kAsIs));
  return sum;
}

// The whole cards of one node go in together: a request for several must find them on one node.
void add_whole_cards(InventoryRow& sum, const NodeRoom& node) {
  std::int64_t free_together = 0;
  for (const CardRoom& card : node.cards) {
    if (card.mig || card.model != sum.model) continue;
    sum.simulated = sum.simulated || card.simulated;
    if (in_block_mode(node, card)) continue;
    add_to_row(sum, 1, card.holders == 0 ? 1 : 0, serves(node, card));
    if (card.holders == 0 && serves(node, card)) ++free_together;
  }
  sum.request_max = std::max(sum.request_max, free_together);
}

InventoryRow whole_row(const Cluster& cluster, const std::string& pool, const std::string& model) {
  InventoryRow sum = row(model, ResourceKind::kCards, model);
  for (const NodeRoom& node : cluster.nodes())
    if (in(node, pool)) add_whole_cards(sum, node);
  return sum;
}

InventoryRow card_row(const NodeRoom& node, const CardRoom& card) {
  InventoryRow made =
      row(card.model + "-block-" + std::to_string(card.index), ResourceKind::kCardBlocks, card.model);
  made.node_name = node.name;
  made.node_id = node.id;
  made.card_id = card.id;
  made.simulated = card.simulated;
  add_to_row(made, 100, free_blocks(card, Lens::kAsIs), serves(node, card));
  return made;
}

std::vector<InventoryRow> card_rows(const Cluster& cluster, const std::string& pool,
                                    const std::string& model) {
  std::vector<InventoryRow> rows;
  for (const NodeRoom& node : cluster.nodes()) {
    if (!in(node, pool) || node.mode == CardMode::kWhole) continue;
    for (const CardRoom& card : node.cards)
      if (!card.mig && card.model == model) rows.push_back(card_row(node, card));
  }
  return rows;
}

InventoryRow sum_of(const std::vector<InventoryRow>& cards, const std::string& model) {
  InventoryRow sum = row(model + "-block", ResourceKind::kModelBlocks, model);
  for (const InventoryRow& card : cards) {
    sum.simulated = sum.simulated || card.simulated;
    sum.total += card.total;
    sum.available += card.available;
    sum.used += card.used;
    sum.out_of_service += card.out_of_service;
    sum.request_max = std::max(sum.request_max, card.request_max);
  }
  return sum;
}

// What the cards in MIG mode would give of it in parts of that size. What cannot be had
// beside the instances that are there counts as used.
void add_instances(InventoryRow& sum, const NodeRoom& node, const MigName& name, base::MilliGpu part) {
  constexpr std::int64_t kAll = kBlocksOfCard * static_cast<std::int64_t>(kMostMigSlots);
  for (const CardRoom& card : node.cards) {
    if (!card.mig || card.partition.model() != name.model) continue;
    const std::int64_t total = count_instances(card, name, part, Lens::kEmpty, kAll);
    const std::int64_t free = count_instances(card, name, part, Lens::kRepaired, kAll);
    sum.simulated = sum.simulated || card.simulated;
    sum.total += total;
    sum.used += total - free;
    (serves(node, card) ? sum.available : sum.out_of_service) += free;
  }
}

void add_instances(InventoryRow& whole, InventoryRow& blocks, const Cluster& cluster, const std::string& pool,
                   const MigName& name) {
  for (const NodeRoom& node : cluster.nodes()) {
    if (!in(node, pool)) continue;
    if (node.mode != CardMode::kBlocks) add_instances(whole, node, name, base::MilliGpu::cards(1));
    if (node.mode == CardMode::kWhole) continue;
    add_instances(blocks, node, name, base::MilliGpu::blocks(1));
    for (const CardRoom& card : node.cards)
      if (card.mig && card.partition.model() == name.model && serves(node, card))
        blocks.request_max = std::max(blocks.request_max, largest_blocks(card, name));
  }
  if (whole.available > 0) whole.request_max = std::max<std::int64_t>(whole.request_max, 1);
}

}  // namespace

Inventory inventory(const Cluster& cluster, const std::string& pool) {
  Inventory table;
  table.version = cluster.version();
  table.resources = {cpu_row(cluster, pool), memory_row(cluster, pool)};
  for (const std::string& model : models(cluster, pool)) {
    const std::vector<InventoryRow> cards = card_rows(cluster, pool, model);
    InventoryRow whole = whole_row(cluster, pool, model);
    InventoryRow blocks = sum_of(cards, model);
    if (const auto instance = parse_mig_model(model)) add_instances(whole, blocks, cluster, pool, *instance);
    table.resources.push_back(std::move(whole));
    table.resources.insert(table.resources.end(), cards.begin(), cards.end());
    table.block_types.push_back(std::move(blocks));
  }
  return table;
}

}  // namespace dure::placement
