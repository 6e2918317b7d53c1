// Room: which few tenants would have to move, and where to, so that a shape fits that fits nowhere now.
//
// Three ways, one after the other:
//   1. a slot could take the shape without one tenant, and that one fits somewhere else;
//   2. it goes where another tenant is, and that one fits somewhere else;
//   3. parts leave one card, or as many as the shape wants of one slot, and each fits somewhere else.
// In each the least milli-GPU is tried first, in 3 the fewest moves before that. A try takes the tenants off,
// puts the shape in, and lets each tenant, the larger first, go where the rule of stranded.h puts it; the
// first in which all find a place is the answer. Of one move none is missed but by `most_tries`; with more,
// not all that could be tried is. A move is a stop and a start somewhere else, so that who proposes one
// counts it (consolidation is bounded to so many moves in so many placements).
//
// Cards in MIG mode are left as they are.
//
// Pure; the forest is used for the tries and left as it was.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "placement/tighten.h"

namespace dure::placement {

struct Room {
  Spot spot;  // of the shape, once the moves are done in their order
  std::vector<Move> moves;
};

inline constexpr std::size_t kMostMoves = 8;

struct RoomEffort {
  std::size_t most_moves = 2;  // at most kMostMoves
  std::size_t most_tries = 4096;
};

// Nothing where no such moves were found, or where the shape wants no card. REQUIRES: `tenants` are those of
// the forest; the shape fits nowhere.
std::optional<Room> make_room(Forest& forest, const Tenants& tenants, const Shape& shape,
                              const RoomEffort& effort = {});

}  // namespace dure::placement
