// How many equal replicas a machine has room for.
//
// Replicas of one shape get in each other's way only by number: each that is placed makes the count of its
// machine less by exactly one, wherever on the machine it goes. So a count says exactly what fits, and no
// search is needed: on each slot what its cards hold, and on the machine the sum of that, or what its CPU or
// memory holds if that is less.
//
// Pure functions of their arguments.
#pragma once

#include <cstdint>
#include <span>

#include "placement/board.h"
#include "placement/forest.h"

namespace dure::placement {

// By its cards alone, at most `most`; where the shape wants no card, `most`.
std::int64_t count_on_slot(const Slot& slot, const Shape& shape, std::int64_t most);

// At most `most`. `slots` is the whole board, the forest's own or as it would be if something on it ended or
// came; the forest says which of them are in service. REQUIRES: the machine is one of the forest's.
std::int64_t count_on_machine(const Forest& forest, std::span<const Slot> slots,
                              const Forest::Machine& machine, const Shape& shape, std::int64_t most);

}  // namespace dure::placement
