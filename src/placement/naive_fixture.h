// For tests: a cluster as somebody sees it who knows nothing of the code under test, whether a request fits
// it by trying everything, and clusters and requests at random.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "placement/cluster_fixture.h"

namespace dure::placement {

// A card and a node as the exhaustive search sees them: written anew, without the code under test.
struct NaiveCard {
  model::CardId id;
  std::string model;
  std::int64_t milli, memory, size;
  bool empty, healthy;
};
struct NaiveNode {
  std::string name;
  std::string pool;
  CardMode mode;
  bool ready;
  std::int64_t cpu, memory;
  std::vector<NaiveCard> cards;
  bool used = false;
};

inline std::vector<NaiveNode> naive(const Rows& rows, bool as_new) {
  std::vector<NaiveNode> nodes;
  for (const model::Node& row : rows.nodes) {
    NaiveNode made{row.name,
                   row.pool,
                   CardMode::kMixed,
                   as_new || row.state == model::NodeState::kReady,
                   row.cpu_milli,
                   row.memory.value,
                   {}};
    if (rows.pool_modes.contains(row.pool)) made.mode = rows.pool_modes.at(row.pool);
    if (!as_new)
      for (const Hold& hold : rows.holds)
        if (hold.node_id == row.id) made.cpu -= hold.cpu_milli, made.memory -= hold.memory.value;
    for (const model::Card& card_row : rows.cards) {
      if (card_row.node_id != row.id) continue;
      NaiveCard made_card{card_row.id,
                          card_row.model,
                          1000,
                          card_row.memory.value,
                          card_row.memory.value,
                          true,
                          as_new || card_row.health == model::CardHealth::kHealthy};
      if (!as_new)
        for (const model::Share& held : rows.shares)
          if (held.card_id == card_row.id && !held.released_at) {
            made_card.milli -= held.milli_gpu.value;
            made_card.memory -= held.memory.value;
            made_card.empty = false;
          }
      made.cards.push_back(made_card);
    }
    nodes.push_back(made);
  }
  return nodes;
}

inline bool search(std::vector<NaiveNode>& nodes, const Request& request, std::int64_t replicas);

// Tries every subset of `left` whole cards from index `from` on.
inline bool search_whole(std::vector<NaiveNode>& nodes, NaiveNode& node, const Request& request,
                         std::int64_t replicas, std::size_t from, std::int64_t left) {
  if (left == 0) return search(nodes, request, replicas - 1);
  for (std::size_t i = from; i < node.cards.size(); ++i) {
    NaiveCard& card = node.cards[i];
    if (card.model != request.model || !card.empty || !card.healthy) continue;
    card.empty = false;
    const bool found = search_whole(nodes, node, request, replicas, i + 1, left - 1);
    card.empty = true;
    if (found) return true;
  }
  return false;
}

inline bool search_blocks(std::vector<NaiveNode>& nodes, NaiveNode& node, const Request& request,
                          std::int64_t replicas) {
  for (NaiveCard& card : node.cards) {
    const std::int64_t memory =
        request.card_memory ? request.card_memory->value : card.size * request.blocks / 100;
    if (card.model != request.model || !card.healthy || card.milli < request.blocks * 10 ||
        card.memory < memory)
      continue;
    card.milli -= request.blocks * 10;
    card.memory -= memory;
    const bool found = search(nodes, request, replicas - 1);
    card.milli += request.blocks * 10;
    card.memory += memory;
    if (found) return true;
  }
  return false;
}

inline bool search_node(std::vector<NaiveNode>& nodes, NaiveNode& node, const Request& request,
                        std::int64_t replicas) {
  if (request.blocks > 0)
    return node.mode != CardMode::kWhole && search_blocks(nodes, node, request, replicas);
  if (request.cards > 0)
    return node.mode != CardMode::kBlocks && search_whole(nodes, node, request, replicas, 0, request.cards);
  return search(nodes, request, replicas - 1);
}

// Whether the replicas fit, by trying everything.
inline bool search(std::vector<NaiveNode>& nodes, const Request& request, std::int64_t replicas) {
  if (replicas == 0) return true;
  for (NaiveNode& node : nodes) {
    if (!node.ready || (!request.pool.empty() && node.pool != request.pool)) continue;
    if (request.cpu_milli > 0 && node.cpu < request.cpu_milli) continue;
    if (request.memory.value > 0 && node.memory < request.memory.value) continue;
    if (request.apart && node.used) continue;
    const bool used = node.used;
    node.cpu -= request.cpu_milli;
    node.memory -= request.memory.value;
    node.used = true;
    const bool found = search_node(nodes, node, request, replicas);
    node.cpu += request.cpu_milli;
    node.memory += request.memory.value;
    node.used = used;
    if (found) return true;
  }
  return false;
}

// Numbers that follow from a seed (SplitMix64).
class Dice {
 public:
  using result_type = std::uint64_t;
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return UINT64_MAX; }

  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>((*this)() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return roll(1, n) == 1; }

 private:
  std::uint64_t state_;
};

// Fills a card with shares that fit, and holds for their replicas; what was given back stands among them.
inline void fill(Dice& dice, Rows& rows, const model::Card& on, int& replica) {
  std::int64_t free = 100;
  while (free > 0 && !dice.one_in(3)) {
    const std::int64_t blocks = dice.one_in(5) ? free : dice.roll(1, free);
    if (dice.one_in(6)) {
      rows.shares.push_back(share(on, "gone" + std::to_string(replica), 100));
      rows.shares.back().released_at = base::Instant{1};
    }
    const std::string id = "r" + std::to_string(replica++);
    rows.shares.push_back(share(on, id, blocks));
    rows.holds.push_back(
        {model::ReplicaId(id), on.node_id, dice.roll(0, 3) * 1000, {dice.roll(0, 3) * kGiB}, {}});
    free -= blocks;
  }
}

inline Rows random_rows(Dice& dice) {
  static const std::array<std::string, 2> kModels{"t4", "a100-40gb"};
  static const std::array<std::string, 2> kPools{"shared", "dedicated"};
  Rows rows;
  int replica = 0;
  for (std::int64_t n = dice.roll(1, 3); n > 0; --n) {
    rows.nodes.push_back(node("n" + std::to_string(n), kPools[dice.one_in(4)], dice.roll(12, 24) * 1000,
                              dice.roll(12, 24) * kGiB));
    if (dice.one_in(6)) rows.nodes.back().state = model::NodeState::kLost;
    for (std::int64_t c = dice.roll(0, 3); c > 0; --c) {
      rows.cards.push_back(card(rows.nodes.back(), c, kModels[dice.one_in(3)], dice.roll(8, 9) * kGiB + c));
      if (dice.one_in(8)) rows.cards.back().health = model::CardHealth::kUnhealthy;
      fill(dice, rows, model::Card(rows.cards.back()), replica);
    }
  }
  if (dice.one_in(5)) rows.pool_modes["shared"] = dice.one_in(2) ? CardMode::kBlocks : CardMode::kWhole;
  return rows;
}

inline Request random_request(Dice& dice) {
  Request request = dice.one_in(3) ? cards_of("t4", dice.roll(1, 3)) : blocks_of("t4", dice.roll(1, 102));
  if (dice.one_in(8)) request = Request{};
  if (dice.one_in(3)) request.pool = "";
  if (request.blocks > 0 && dice.one_in(6))
    request.card_memory =
        base::Bytes{dice.one_in(3) ? dice.roll(8, 9) * kGiB + dice.roll(1, 3) : dice.roll(1, 10) * kGiB};
  request.cpu_milli = dice.roll(0, dice.one_in(4) ? 24 : 8) * 1000;
  request.memory = {dice.roll(0, dice.one_in(4) ? 24 : 8) * kGiB};
  request.replicas = dice.one_in(3) ? dice.roll(2, 4) : 1;
  request.apart = dice.one_in(4);
  return request;
}

}  // namespace dure::placement
