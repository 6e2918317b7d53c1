// The table of P2: Total / Request Max / Available, for the whole cluster, in two parts as S2 prints it.
//
// Resource types: CPU, memory, whole cards per model, blocks per card. Block types: blocks per model over all
// cards. "Request Max" is the largest single request that fits now (100 of 197 free blocks where one card has
// 97 and another 100): of one card for blocks, of one node for CPU, memory and whole cards.
//
// Of an instance that Dure makes (mig.h) there is a row for each profile of the cards in MIG mode: how many
// of it, and of no other, they would hold empty, and hold more now.
//
// total = available + used + out_of_service in every row; what is free on a node that is not ready, or on a
// card that is not healthy, is out of service. A card in block mode counts in no row of whole cards; one in
// whole mode in no row of blocks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/fields.h"
#include "model/ids.h"
#include "placement/cluster.h"

namespace dure::placement {

enum class ResourceKind { kCpu, kMemory, kCards, kCardBlocks, kModelBlocks };

// Units: kCpu milli-CPU, kMemory bytes, kCards cards, the others blocks.
struct InventoryRow {
  std::string resource;  // "cpu", "memory", "t4", "t4-block-0" (the card's index on its node), "t4-block"
  ResourceKind kind = ResourceKind::kCpu;
  std::string model;       // cards and blocks
  std::string node_name;   // kCardBlocks
  model::NodeId node_id;   // kCardBlocks
  model::CardId card_id;   // kCardBlocks
  bool simulated = false;  // at least one of its cards is simulated
  std::int64_t total = 0;
  std::int64_t request_max = 0;
  std::int64_t available = 0;
  std::int64_t used = 0;
  std::int64_t out_of_service = 0;
  bool operator==(const InventoryRow&) const = default;
};

struct Inventory {
  std::int64_t version = 0;               // of the cluster
  std::vector<InventoryRow> resources;    // cpu, memory, then by model: its whole cards, its cards' blocks
  std::vector<InventoryRow> block_types;  // by model
};

// pool "": all that are nobody's (pool_part.h).
Inventory inventory(const Cluster& cluster, const std::string& pool = "");

}  // namespace dure::placement

namespace dure::model {

DURE_ENUM(placement::ResourceKind, DURE_NAME(kCpu, "cpu"), DURE_NAME(kMemory, "memory"),
          DURE_NAME(kCards, "cards"), DURE_NAME(kCardBlocks, "card_blocks"),
          DURE_NAME(kModelBlocks, "model_blocks"));

DURE_VALUE_FIELDS(
    placement::InventoryRow, field("resource", &placement::InventoryRow::resource),
    field("kind", &placement::InventoryRow::kind), field("model", &placement::InventoryRow::model),
    field("node_name", &placement::InventoryRow::node_name),
    field("node_id", &placement::InventoryRow::node_id), field("card_id", &placement::InventoryRow::card_id),
    field("simulated", &placement::InventoryRow::simulated), field("total", &placement::InventoryRow::total),
    field("request_max", &placement::InventoryRow::request_max),
    field("available", &placement::InventoryRow::available), field("used", &placement::InventoryRow::used),
    field("out_of_service", &placement::InventoryRow::out_of_service));

DURE_VALUE_FIELDS(placement::Inventory, field("version", &placement::Inventory::version),
                  field("resources", &placement::Inventory::resources),
                  field("block_types", &placement::Inventory::block_types));

}  // namespace dure::model
