#include "queue/decay.h"

#include "base/result.h"

namespace dure::queue {
namespace {

// Fractions of one, in 2^-63.
constexpr std::int64_t kLn2 = 6'393'154'322'601'327'829;           // ln 2
constexpr std::int64_t kLessOneOfLn2 = 4'083'141'060'989'546'683;  // 1/ln 2 - 1
constexpr std::uint64_t kOne = std::uint64_t{1} << 63;

// value * fraction, rounded down. REQUIRES: 0 <= value < 2^126, fraction <= kOne.
constexpr Grains times(Grains value, std::uint64_t fraction) {
  const Grains high = value >> 64;
  const auto low = static_cast<std::uint64_t>(value);
  return ((high * fraction) << 1) + ((static_cast<Grains>(low) * fraction) >> 63);
}

constexpr std::uint64_t times_fraction(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>(times(static_cast<Grains>(a), b));
}

// (1 - exp(-y)) / y = 1 - y/2 (1 - y/3 (1 - y/4 (...))) for y < ln 2: what follows the 19th is below 2^-63.
// The divisors are constants to the compiler, which makes products of them: this is most of what a share
// costs.
template <std::uint64_t k = 2>
constexpr std::uint64_t phi(std::uint64_t y) {
  if constexpr (k > 19)
    return kOne;
  else
    return kOne - times_fraction(y, phi<k + 1>(y)) / k;
}

constexpr Grains shifted(Grains value, std::uint64_t halvings) {
  return halvings < 127 ? value >> halvings : 0;
}

}  // namespace

Decay::Decay(base::Span half_life) : half_life_us_(static_cast<std::uint64_t>(half_life.us)) {
  DURE_ASSERT(half_life.us >= 0);
}

Grains Decay::after(Grains used, std::int64_t held, std::uint64_t us) const {
  if (half_life_us_ == 0) return used + held_for(held, us);
  if (const std::uint64_t halvings = us / half_life_us_; halvings > 0) {
    const Grains half_life = held_for(held, half_life_us_);
    const Grains steady = half_life + times(half_life, kLessOneOfLn2);  // held for ever
    used = shifted(used, halvings) + (steady - shifted(steady, halvings));
  }
  const std::uint64_t rest = us % half_life_us_;
  if (rest == 0 || (used == 0 && held == 0)) return used;
  const auto part = static_cast<std::uint64_t>((static_cast<Grains>(rest) << 63) / half_life_us_);
  const std::uint64_t y = times_fraction(kLn2, part);
  const std::uint64_t mean = phi(y);
  return times(used, kOne - times_fraction(y, mean)) + times(held_for(held, rest), mean);
}

}  // namespace dure::queue
