#include "simulate/normal.h"

#include <algorithm>
#include <array>

#include "base/quantity.h"

namespace dure::simulate {
namespace {

// Uniform in 0 … 1, in units of 1 / kFixedOne.
std::uint64_t uniform(Dice& dice) {
  return dice.roll() >> (64 - kFixedBits);
}

// True with probability exp(-1/2) (Karney's H; the method is von Neumann's): uniform deviates that fall from
// one half on, U1 > U2 > …, are n at the least with probability (1/2)^n / n!.
bool half_exp(Dice& dice) {
  bool even = true;
  std::uint64_t last = static_cast<std::uint64_t>(kFixedOne) / 2;
  while (true) {
    const std::uint64_t next = uniform(dice);
    if (next >= last) return even;
    last = next;
    even = !even;
  }
}

bool half_exp_times(Dice& dice, std::uint64_t times) {
  for (; times > 0; --times)
    if (!half_exp(dice)) return false;
  return true;
}

// True with probability exp(-x (2k + x) / (2k + 2)) (Karney's B).
bool tail_exp(Dice& dice, std::uint64_t k, std::uint64_t x) {
  bool even = true;
  std::uint64_t last = x;
  while (true) {
    const std::uint64_t next = uniform(dice);
    if (next >= last) return even;
    if (uniform(dice) * (2 * k + 2) >= (2 * k << kFixedBits) + x) return even;
    last = next;
    even = !even;
  }
}

// The whole part k with probability proportional to exp(-k² / 2); nothing where it is to be tried again.
bool whole_part(Dice& dice, std::uint64_t& k) {
  k = 0;
  while (half_exp(dice)) ++k;
  return k < 2 || half_exp_times(dice, k * (k - 1));
}

bool accepted(Dice& dice, std::uint64_t k, std::uint64_t x) {
  for (std::uint64_t i = 0; i <= k; ++i)
    if (!tail_exp(dice, k, x)) return false;
  return true;
}

// In units of 2^-62: the greatest number whose square is not above `value`.
constexpr int kRootBits = 62;
constexpr std::uint64_t square_root(std::uint64_t value) {
  const base::Wide wanted = static_cast<base::Wide>(value) << kRootBits;
  std::uint64_t root = 0;
  for (int bit = kRootBits; bit >= 0; --bit) {
    const std::uint64_t tried = root | (std::uint64_t{1} << bit);
    if (static_cast<base::Wide>(tried) * static_cast<base::Wide>(tried) <= wanted) root = tried;
  }
  return root;
}

// 2^(1/2), 2^(1/4), 2^(1/8), …, one for each bit of a fraction.
constexpr auto kRoots = [] {
  std::array<std::uint64_t, kFixedBits> roots{};
  std::uint64_t last = std::uint64_t{2} << kRootBits;
  for (auto& root : roots) root = last = square_root(last);
  return roots;
}();

}  // namespace

std::int64_t normal(Dice& dice) {
  while (true) {
    std::uint64_t k = 0;
    if (!whole_part(dice, k)) continue;
    const std::uint64_t x = uniform(dice);
    if (!accepted(dice, k, x)) continue;
    const auto size = static_cast<std::int64_t>((k << kFixedBits) + x);
    return (dice.roll() >> 63) != 0 ? -size : size;
  }
}

std::int64_t power_of_two(std::int64_t x) {
  constexpr std::int64_t kMostWhole = 21;
  if (x >= kMostWhole * kFixedOne) return kFixedOne << kMostWhole;
  const std::int64_t whole = x >> kFixedBits;
  const auto fraction = static_cast<std::uint64_t>(x & (kFixedOne - 1));
  base::Wide power = base::Wide{1} << kRootBits;
  for (int i = 0; i < kFixedBits; ++i)
    if ((fraction >> (kFixedBits - 1 - i) & 1) != 0)
      power = (power * kRoots[static_cast<std::size_t>(i)]) >> kRootBits;
  const std::int64_t shift = kRootBits - kFixedBits - whole;  // 10 or more
  return shift > kRootBits ? 0 : static_cast<std::int64_t>(power >> shift);
}

}  // namespace dure::simulate
