// Looking at eight bytes of text at once. Inside wire/.
#pragma once

#include <cstdint>
#include <cstring>

namespace dure::wire {

inline constexpr std::uint64_t kEachByte = 0x0101010101010101;
inline constexpr std::uint64_t kHighBits = 0x80 * kEachByte;

inline std::uint64_t load_eight(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Whether one of the eight bytes is `wanted`, which is ASCII. Exact: a borrow starts only at a byte that is
// it.
inline bool has_byte(std::uint64_t word, char wanted) {
  const std::uint64_t difference = word ^ (static_cast<unsigned char>(wanted) * kEachByte);
  return ((difference - kEachByte) & ~difference & kHighBits) != 0;
}

}  // namespace dure::wire
