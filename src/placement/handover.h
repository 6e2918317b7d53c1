// Handover: in which order the moves of a plan are carried out, and how each changes over.
//
// A plan says where everybody is in the end; on the way there each start must fit. Best is a start before the
// stop, on what is free beside all that runs; else the tenant's own stop has to come first; and where two or
// more wait for one another they are stopped together.
//
// Greedy, the first that can go: then once more with those first that could not start first, a few times, and
// the order in which the most start first is taken.
//
// Pure.
#pragma once

#include <vector>

#include "placement/board.h"
#include "placement/tighten.h"

namespace dure::placement {

enum class Handover {
  kStartFirst,  // fits while it still has its old place
  kStopFirst,   // fits once it has left its old place
  kWithNext,    // stops together with those that follow, down to the first that is not kWithNext; then all of
                // them start
};

// Puts the moves in an order in which each can be done after the ones before it, and says how each is done.
// REQUIRES: on those slots all of them can be done at once (apply_moves, tighten.h); no tenant twice.
std::vector<Handover> order_moves(const std::vector<Slot>& slots, std::vector<Move>& moves);

}  // namespace dure::placement
