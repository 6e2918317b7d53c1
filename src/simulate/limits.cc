#include "simulate/limits.h"

#include <algorithm>

#include "base/quantity.h"
#include "simulate/normal.h"

namespace dure::simulate {
namespace {

constexpr std::int64_t kMilli = 1'000;
constexpr std::int64_t kLog2OfE = 6'196'328'019;  // in units of 1 / kFixedOne

base::Span whole_minutes(base::Span span) {
  const std::int64_t minute = base::Span::minutes(1).us;
  return base::Span::minutes(std::max<std::int64_t>(1, (span.us + minute - 1) / minute));
}

// exp(sigma z), in units of 1 / kFixedOne.
std::int64_t spread(std::int64_t z, std::int64_t sigma_milli) {
  return power_of_two(
      base::multiply_divide(base::multiply_divide(z, sigma_milli, kMilli), kLog2OfE, kFixedOne));
}

// Not beyond 2^126: a run time is below 2^52, a median below 2^20, a factor below 2^54.
base::Span limit_of(base::Span run_time, std::int64_t median_milli, std::int64_t factor) {
  const base::Wide stretched =
      static_cast<base::Wide>(run_time.us) * median_milli * factor / (base::Wide{kMilli} * kFixedOne);
  const base::Span limit{stretched > kLongestRun.us ? kLongestRun.us : static_cast<std::int64_t>(stretched)};
  return whole_minutes(std::max(run_time, limit));
}

}  // namespace

void give_limits(JobTrace& trace, const LimitDraws& draws) {
  DURE_ASSERT(draws.median_milli >= 1 && draws.median_milli <= 1'000'000);
  DURE_ASSERT(draws.sigma_milli >= 0 && draws.sigma_milli <= 10'000);
  Dice dice(draws.seed);
  for (Job& job : trace.jobs) {
    const std::int64_t factor = spread(normal(dice), draws.sigma_milli);
    if (!job.time_limit) job.time_limit = limit_of(job.run_time, draws.median_milli, factor);
  }
}

}  // namespace dure::simulate
