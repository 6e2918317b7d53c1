#include "cli/simulate_bound.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "packing/offline.h"

namespace dure::cli {
namespace {

constexpr std::int64_t kRounds = 4000;  // of the offline packing: more gains less than 0.02 points

double hundredths(double percent) {
  return static_cast<double>(std::llround(percent * 100)) / 100;
}

}  // namespace

Limits find_limits(const simulate::Trace& trace, std::pair<std::uint64_t, std::uint64_t> seeds,
                   std::int64_t inflate_milli) {
  Limits limits;
  const double capacity = static_cast<double>(std::max<std::int64_t>(trace.milli_gpu(), 1));
  const auto count = static_cast<double>(seeds.second - seeds.first + 1);
  for (std::uint64_t seed = seeds.first; seed <= seeds.second; ++seed) {
    const auto shapes = simulate::arrived_until(trace, {seed, inflate_milli}, 100);
    const auto problem = packing::problem_of(trace.slots, shapes);
    const auto bound = packing::bound_of(problem);
    const auto packed = packing::pack_offline(trace.slots, problem, bound.fillings, kRounds, seed);
    const double bound_pct = 100 * static_cast<double>(bound.milli_gpu) / capacity;
    const double offline_pct = 100 * static_cast<double>(packed.milli_gpu) / capacity;
    std::fprintf(stderr, "bound, seed %llu of %llu: at most %.2f %%, packed %.2f %%\n",
                 static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seeds.second),
                 bound_pct, offline_pct);
    limits.bound_pct += bound_pct / count;
    limits.offline_pct += offline_pct / count;
    limits.seeds.push_back(boost::json::object{{"seed", seed},
                                               {"bound_pct_at_100", hundredths(bound_pct)},
                                               {"offline_pct_at_100", hundredths(offline_pct)}});
  }
  return limits;
}

}  // namespace dure::cli
