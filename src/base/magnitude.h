// How far a number is from nothing.
#pragma once

#include <cstdint>

namespace dure::base {

// |number|. Unsigned, since that of the least number of 64 bits fits into no signed one.
constexpr std::uint64_t magnitude(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  return number < 0 ? 0 - bits : bits;
}

}  // namespace dure::base
