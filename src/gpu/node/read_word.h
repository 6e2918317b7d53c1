// A word that other processes write at the same time, as it was when read; and all that they wrote before it.
#pragma once

#include <cstdint>

namespace dure::gpu {

inline std::uint64_t read(const std::uint64_t& word) {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}
inline std::uint32_t read(const std::uint32_t& word) {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

}  // namespace dure::gpu
