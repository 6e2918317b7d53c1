// Room: which few tenants would have to move, and where to, so that a shape fits that fits nowhere now.
//
// Each slot is asked whether it could take the shape without one of its tenants, or without two. What it
// could do without is tried, the least milli-GPU first: the tenants are taken off, the shape is put in, and
// each tenant, the larger first, goes where the rule of stranded.h puts it. The first try in which all find a
// place is the answer. So it has the fewest moves, and of those of one move it moves the least; with two, the
// least among the slots that were looked at (RoomEffort). A move is a stop and a start somewhere else, so
// that who proposes one counts it (consolidation is bounded to so many moves in so many placements).
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
