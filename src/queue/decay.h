// Decay: what is left of a use after some time, where every use loses half of its weight each half life.
//
// Use of weight g held over [0, t] counts at its end, with half life h,
//
//     used * 2^(-t/h) + g * integral of 2^(-s/h) ds over [0, t]
//
// Exponential decay is the one decay that does not care from where time is counted (Cormode, Shkapenyuk,
// Srivastava, Xu, "Forward decay: a practical time decay model for streaming systems", ICDE 2009, on
// exponential decay): each use may be kept as of a moment of its own, with nothing to renew at a landmark.
//
// Whole numbers only. Two steps, n = t div h whole half lives, exactly shifts, then the rest r of less than
// one: with y = ln 2 * r/h and phi(y) = (1 - exp(-y))/y, taken from its series,
//
//     used -> used * (1 - y phi(y)) + g * r * phi(y)
//
// Both terms are sums of what is not negative, so nothing cancels: each call adds a relative error below
// 2^-58 and rounds down by at most four grains. Single values; nothing is remembered.
#pragma once

#include <cstdint>

#include "base/quantity.h"
#include "base/time.h"

namespace dure::queue {

// What was used, in grains: 2^16 to the milli-GPU-microsecond. Never negative.
using Grains = base::Wide;
constexpr int kGrainBits = 16;
constexpr std::int64_t kUsPerSecond = 1'000'000;

// The most that may be held at once, in milli-GPU: keeps all sums of grains below 2^126 for every length of
// time that 64 bits can say. It is 17 thousand million cards.
constexpr std::int64_t kMostHeld = std::int64_t{1} << 44;

class Decay {
 public:
  // 0: nothing decays. REQUIRES: half_life >= 0.
  explicit Decay(base::Span half_life);

  // What `used` has become after `us` microseconds through which `held` milli-GPU were held.
  // REQUIRES: used >= 0; 0 <= held <= kMostHeld.
  Grains after(Grains used, std::int64_t held, std::uint64_t us) const;

 private:
  std::uint64_t half_life_us_;
};

// held * length, which does not decay. REQUIRES: 0 <= held <= kMostHeld.
constexpr Grains held_for(std::int64_t held, std::uint64_t us) {
  return (static_cast<Grains>(us) * held) << kGrainBits;
}

}  // namespace dure::queue
