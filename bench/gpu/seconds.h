// What a tenant had of the device in each second, in percent, against what it should have had. Pure.
#pragma once

#include <cmath>
#include <vector>

namespace dure::bench {

// REQUIRES: values are not empty.
inline double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Mean absolute error. REQUIRES: values are not empty.
inline double mean_error(const std::vector<double>& values, double target) {
  double sum = 0;
  for (const double value : values) sum += std::abs(value - target);
  return sum / static_cast<double>(values.size());
}

}  // namespace dure::bench
