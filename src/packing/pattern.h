// Pattern: what one empty machine holds at best, when each piece has a worth.
//
// Exact but for the CPU, which is counted in 192nds of the machine's: rounded up what is found fits (kFits),
// rounded down it is worth at least as much as anything that fits (kBounds). The memory of the machine is not
// looked at, nor how many pieces of a class there are.
//
// Two tables (dynamic programming): of one card, what its parts are worth by CPU and milli-GPU; of the
// machine, by cards and CPU, what cards of parts and whole cards are worth together.
#pragma once

#include <cstdint>
#include <vector>

#include "packing/problem.h"

namespace dure::packing {

enum class Rounding { kFits, kBounds };

template <class Number>
struct Pattern {
  Number worth = 0;
  std::vector<std::size_t> pieces;  // classes of the problem, one for each piece
};

// `worth`: of each class of the problem; one at or below 0 is left out.
template <class Number>
Pattern<Number> best_pattern(const Problem& problem, const Type& type, const std::vector<Number>& worth,
                             Rounding rounding);

extern template Pattern<double> best_pattern(const Problem&, const Type&, const std::vector<double>&,
                                             Rounding);
extern template Pattern<std::int64_t> best_pattern(const Problem&, const Type&,
                                                   const std::vector<std::int64_t>&, Rounding);

}  // namespace dure::packing
