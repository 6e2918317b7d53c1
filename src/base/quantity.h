// Quantities that decide: whole numbers, one type per unit. No floating point in a decision or in money.
//
// A card is 1000 milli-GPU; a block is 10 milli-GPU (1 %). Usage is kept in milli-GPU-milliseconds, so that a
// length known to the millisecond stays exact, and is shown in milli-GPU-seconds (requirements P14, decision
// 10).
#pragma once

#include <compare>
#include <cstdint>

namespace dure::base {

struct Krw {
  std::int64_t won = 0;
  auto operator<=>(const Krw&) const = default;
};

struct MilliGpu {
  std::int64_t value = 0;
  static constexpr MilliGpu blocks(std::int64_t n) { return {n * 10}; }
  static constexpr MilliGpu cards(std::int64_t n) { return {n * 1000}; }
  auto operator<=>(const MilliGpu&) const = default;
};

// Milli-GPU times milliseconds.
struct Usage {
  std::int64_t milli_gpu_ms = 0;
  constexpr std::int64_t milli_gpu_seconds() const {
    return milli_gpu_ms / 1000;
  }  // rounded down, at the total only
  auto operator<=>(const Usage&) const = default;
};

struct Bytes {
  std::int64_t value = 0;
  auto operator<=>(const Bytes&) const = default;
};

struct BasisPoints {
  std::int64_t value = 0;  // 10'000 = 100 %
  auto operator<=>(const BasisPoints&) const = default;
};

constexpr Krw operator+(Krw a, Krw b) {
  return {a.won + b.won};
}
constexpr Krw operator-(Krw a, Krw b) {
  return {a.won - b.won};
}
constexpr MilliGpu operator+(MilliGpu a, MilliGpu b) {
  return {a.value + b.value};
}
constexpr MilliGpu operator-(MilliGpu a, MilliGpu b) {
  return {a.value - b.value};
}
constexpr Usage operator+(Usage a, Usage b) {
  return {a.milli_gpu_ms + b.milli_gpu_ms};
}
constexpr Usage operator-(Usage a, Usage b) {
  return {a.milli_gpu_ms - b.milli_gpu_ms};
}
constexpr Bytes operator+(Bytes a, Bytes b) {
  return {a.value + b.value};
}
constexpr Bytes operator-(Bytes a, Bytes b) {
  return {a.value - b.value};
}

__extension__ using Wide = __int128;

// a * b / c without overflow in between, rounded down (towards minus infinity).
// REQUIRES: c > 0 and the result fits 64 bits.
constexpr std::int64_t multiply_divide(std::int64_t a, std::int64_t b, std::int64_t c) {
  const Wide product = static_cast<Wide>(a) * b;
  Wide quotient = product / c;
  if (product % c < 0) --quotient;
  return static_cast<std::int64_t>(quotient);
}

}  // namespace dure::base
