// Consolidation: a bounded number of moves of tenants that frees whole cards or whole nodes.
//
// Parts of cards that ended leave cards and nodes that are used a little, and a request of whole cards waits
// beside more than enough that is free. What is here proposes to an operator which tenants to move, where to,
// what is gained by it and what it costs; it carries nothing out. Of its neighbours make_room (room.h) asks
// for room for one given shape, tighten (tighten.h) for the next best step in gathering what is free on
// cards.
//
// The rule. Only a card whose tenants are all movable can be freed. They go to the tightest cards that fit
// them, with CPU, memory and model, never to a card that the plan has freed; where cards are to be gained,
// never to an empty one. Greedy: what takes the fewest moves is freed first, among equals the one with the
// least cost, then with the least on it, then the first. Where the tenants of a card find no place, up to two
// tenants elsewhere that are easier to place make way. Then it is improved: other orders, each of the first
// candidates and each pair of them freed first at once, and whatever move contributes nothing is dropped.
// The plan with the most gain is taken, among those the one with the fewest moves, then with the least cost.
// The largest first, to the tightest: best fit decreasing (Johnson, 1974), for machines of several resources
// Gabay and Zaourar, 2016; those that make way: ejection chains (Glover, 1996). The exact problem contains
// bin packing: a better plan may exist.
//
// Not tried: to empty two nodes onto an empty third, or cards onto empty ones, and to send tenants without
// cards to a node that is being freed.
//
// Pure and deterministic; nothing is changed. Single-threaded; the caller owns all.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "placement/forest.h"
#include "placement/handover.h"
#include "placement/tenants.h"
#include "placement/tighten.h"

namespace dure::placement {

struct Goal {
  enum class Kind {
    kCards,     // the most cards with nothing on them
    kNodes,     // the most slots with nothing on any of their cards; who has no card may stay there
    kTogether,  // `cards` empty cards on one slot, where no slot has that many
  };
  Kind kind = Kind::kCards;
  std::int64_t cards = 0;    // of kTogether
  std::uint64_t models = 0;  // of kTogether: which of them will do, one bit for each; 0: any
};

// At most `most_moves` moves. `most_looks` bounds the work, in cards and slots that are looked at: some
// 100 ns each.
struct ConsolidationEffort {
  std::size_t most_moves = 10;
  std::uint64_t most_looks = 10'000'000;
};

struct Consolidation {
  std::vector<Move> moves;              // each can be done after the ones before it
  std::vector<Handover> handovers;      // of each move
  std::int64_t whole_cards_gained = 0;  // cards with nothing on them afterwards, less before; never below 0
  std::int64_t whole_nodes_gained = 0;  // slots with all cards whole, likewise; below 0 only with kTogether
  std::int64_t cost = 0;                // sum of Tenant::cost
};

// Nothing where nothing was found that gains. Nothing moves to the cards of `promised`, which somebody waits
// for; to free them is a gain as any other. REQUIRES: `tenants` are those of the forest; the cards of a goal
// kTogether are above 0.
std::optional<Consolidation> consolidate(const Forest& forest, const Tenants& tenants, const Goal& goal,
                                         const ConsolidationEffort& effort = {},
                                         const std::vector<Spot>& promised = {});

}  // namespace dure::placement
