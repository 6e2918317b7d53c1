// Which whole nodes are kept for a project (A9): so many cards, touching as few runs and promises as can be.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dure::queue {

struct NodeOffer {
  std::int64_t cards = 0;
  std::int64_t collisions = 0;  // runs and promises of others that reach into the time
};

// The indices of the nodes, ascending, that have at least so many cards together: those with the fewest
// collisions, among these with the fewest cards, among these the ones of the first indices that come up
// (deterministic). Nothing where all together have fewer. Exact, by dynamic programming over the number of
// cards: takes nodes x cards steps and bits. REQUIRES: cards > 0; no member of an offer is below 0.
std::optional<std::vector<std::size_t>> pick_nodes(std::span<const NodeOffer> offers, std::int64_t cards);

}  // namespace dure::queue
