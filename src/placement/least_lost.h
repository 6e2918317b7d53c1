// The answer of reclaim.h that loses the least, where there are so few victims that each choice can be tried.
//
// The dearest are decided first: each is spared where the rest can still make room, and then stopped all the
// same. A choice that already loses as much as the best one is given up (branch and bound).
//
// Pure; deterministic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "placement/clearance.h"
#include "placement/reclaim.h"

namespace dure::placement {

// Lost work, then victims.
using ReclaimCost = std::pair<std::int64_t, std::int64_t>;

// How many choices are looked at at most among so many victims; very many where it has no number.
std::size_t choices_among(std::size_t victims);

// Which victims to stop, true for each, where that costs less than `bound`; nothing where no choice does.
// REQUIRES: with all of them stopped nothing is missing. Leaves all of them stopped.
std::optional<std::vector<bool>> least_lost(Clearance& clearance, std::span<const Victim> victims,
                                            ReclaimCost bound);

}  // namespace dure::placement
