// Clearing: cards of one slot that a consolidation could free, and what that takes.
//
// Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "placement/consolidate.h"
#include "placement/draft.h"

namespace dure::placement {

struct Clearing {
  std::size_t slot = 0;
  std::uint32_t cards = 0;     // to be cleared
  std::uint32_t keep = 0;      // to be kept clear: those, and those that are empty already and count
  std::size_t moves = 0;       // of tenants that have not moved yet
  std::int64_t cost = 0;       // of those
  std::int64_t milli_gpu = 0;  // of all that leave
};

// What could be cleared for the goal, in the order of the slots. Of kTogether there are several for a slot:
// the best one, and the best without each card of it.
std::vector<Clearing> clearings(const Draft& draft, const Goal& goal);

}  // namespace dure::placement
