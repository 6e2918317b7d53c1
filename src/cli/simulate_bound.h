// What no rule can exceed on a trace, and the best packing found when everything is known beforehand.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <utility>

#include "simulate/fill.h"

namespace dure::cli {

// Means over the seeds, and a row for each; in per cent of all cards, of what has arrived at 100 %.
struct Limits {
  double bound_pct = 0;
  double offline_pct = 0;
  boost::json::array seeds;  // {seed, bound_pct_at_100, offline_pct_at_100}
};

// Tells its progress on standard error. REQUIRES: first <= last.
Limits find_limits(const simulate::Trace& trace, std::pair<std::uint64_t, std::uint64_t> seeds,
                   std::int64_t inflate_milli);

}  // namespace dure::cli
