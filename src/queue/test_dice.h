// For tests: numbers that follow from a seed.
#pragma once

#include <cstdint>
#include <random>

namespace dure::queue {

class EvenDice {
 public:
  explicit EvenDice(std::uint64_t seed) : random_(seed) {}
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace dure::queue
