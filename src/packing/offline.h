// Offline: a packing made with all shapes known beforehand, as good as can be found. What an online rule
// misses of it is the price of not knowing what comes.
//
// Machines are first filled by the fillings of the bound's linear program, whole numbers of them rounded
// down, then one of each that has a fraction, the largest first; what is left over goes where the rule of
// stranded.h puts it, the largest first. Then machines are emptied, a few at a time, and filled anew together
// with what had no place, and the better of both is kept.
#pragma once

#include <cstdint>
#include <vector>

#include "packing/bound.h"

namespace dure::packing {

struct Packed {
  std::int64_t milli_gpu = 0;
  std::int64_t placed = 0;
};

// `rounds`: of emptying and filling. The same seed gives the same packing.
Packed pack_offline(const std::vector<placement::Slot>& slots, const Problem& problem,
                    const std::vector<Filling>& fillings, std::int64_t rounds, std::uint64_t seed);

}  // namespace dure::packing
