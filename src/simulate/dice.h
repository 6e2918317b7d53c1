// Dice: numbers that look random and follow from a seed, the same on every machine and with every library
// (SplitMix64; Steele, Lea and Flood, OOPSLA '14).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace dure::simulate {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t roll() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // 0 … sides - 1. REQUIRES sides > 0. Off by less than sides / 2^32 from even, for sides below 2^32.
  std::size_t below(std::size_t sides) {
    return static_cast<std::size_t>(((roll() >> 32) * static_cast<std::uint64_t>(sides)) >> 32);
  }

  template <class T>
  void shuffle(std::vector<T>& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace dure::simulate
