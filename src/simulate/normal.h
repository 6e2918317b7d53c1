// Normal deviates in whole numbers: the same on every machine and with every library of mathematics.
//
// Source: C. F. F. Karney, "Sampling exactly from the normal distribution", ACM Transactions on Mathematical
// Software 42(1), 2016, algorithm N: of uniform deviates it only asks which of two is smaller. His have as
// many digits as it takes; ours have 32 bits, and of two that are equal the comparison says "not smaller".
#pragma once

#include <cstdint>

#include "simulate/dice.h"

namespace dure::simulate {

inline constexpr int kFixedBits = 32;
inline constexpr std::int64_t kFixedOne = std::int64_t{1} << kFixedBits;

// One deviate of mean 0 and variance 1, in units of 1 / kFixedOne. In practice within -10 … 10.
std::int64_t normal(Dice& dice);

// 2 ^ (x / kFixedOne), in units of 1 / kFixedOne; rounded down, at most 2 ^ 21.
std::int64_t power_of_two(std::int64_t x);

}  // namespace dure::simulate
