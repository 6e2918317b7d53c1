// For tests: small machine rooms in a line or two.
#pragma once

#include <string>
#include <vector>

#include "placement/cluster.h"
#include "placement/request.h"

namespace dure::placement {

inline constexpr std::int64_t kGiB = 1LL << 30;

inline model::Node node(const std::string& name, const std::string& pool = "shared",
                        std::int64_t cpu_milli = 56'000, std::int64_t memory = 128 * kGiB) {
  model::Node made;
  made.id = model::NodeId("node-" + name);
  made.name = name;
  made.pool = pool;
  made.cpu_milli = cpu_milli;
  made.memory = {memory};
  return made;
}

inline model::Card card(const model::Node& on, std::int64_t index, const std::string& model,
                        std::int64_t memory = 16 * kGiB) {
  model::Card made;
  made.id = model::CardId("SIM-" + on.name + "-" + std::to_string(index));
  made.node_id = on.id;
  made.index = index;
  made.model = model;
  made.memory = {memory};
  made.simulated = true;
  return made;
}

// A share of that many blocks, held by a replica.
inline model::Share share(const model::Card& of, const std::string& replica, std::int64_t blocks) {
  model::Share made;
  made.id = model::ShareId("share-" + replica + "-" + of.id.text);
  made.replica_id = model::ReplicaId(replica);
  made.node_id = of.node_id;
  made.card_id = of.id;
  made.milli_gpu = base::MilliGpu::blocks(blocks);
  made.memory = memory_of_blocks(of.memory, blocks);
  return made;
}

// Nodes "n1", "n2", …, each with the given number of cards of one model.
inline Rows room(std::int64_t nodes, std::int64_t cards, const std::string& model = "t4") {
  Rows rows;
  for (std::int64_t n = 1; n <= nodes; ++n) {
    rows.nodes.push_back(node("n" + std::to_string(n)));
    for (std::int64_t c = 0; c < cards; ++c) rows.cards.push_back(card(rows.nodes.back(), c, model));
  }
  return rows;
}

inline Request blocks_of(const std::string& model, std::int64_t blocks) {
  Request request;
  request.model = model;
  request.blocks = blocks;
  request.pool = "shared";
  return request;
}

inline Request cards_of(const std::string& model, std::int64_t cards) {
  Request request;
  request.model = model;
  request.cards = cards;
  request.pool = "shared";
  return request;
}

}  // namespace dure::placement
