// Tighten: the move or the exchange of tenants that gathers best what is free on cards.
//
// Parts of cards leave holes: four cards of 470 and 320 milli-GPU have 210 free each, and two of 470 and 470,
// one of 320, 320 and 320 and an empty one hold the same. What tells the two apart is the sum over all cards
// of the square of what is free: it grows with every milli-GPU that goes from a fuller card to an emptier one
// (the measure by which local search packs bins; Fleszar and Hindi, 2002). From a card with free_a a part of
// t goes to a card with free_b, or changes places with a part of u < t there:
//
//     gain = (free_a + x)^2 + (free_b - x)^2 - free_a^2 - free_b^2 = 2 x (free_a - free_b + x)
//
// with x = t or t - u, free_b >= x. The step with the most gain for each move is taken, among equals the
// first in the order of sizes and of slots. Tenants of whole cards stay.
//
// Pure; nothing is changed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "placement/forest.h"
#include "placement/tenants.h"

namespace dure::placement {

struct Move {
  std::size_t tenant = 0;  // Tenant::id
  Shape shape;
  Spot from;
  Spot to;
};

// Stops all of them, then starts each where it goes.
void apply_moves(Forest& forest, Tenants& tenants, const std::vector<Move>& moves);

struct Tightening {
  std::vector<Move> moves;  // one, or two that change places
  std::int64_t gain = 0;    // of all of them; above 0
};

// Nothing where no step gains, or none was found among the first `most_looks` pairs, the best ones first.
// REQUIRES: `tenants` are those of the forest.
std::optional<Tightening> tighten(const Forest& forest, const Tenants& tenants,
                                  std::size_t most_looks = 4'000'000);

}  // namespace dure::placement
