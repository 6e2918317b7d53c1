// Points: hundredths of a point, as an exact fraction where the pack does not round means.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/quantity.h"
#include "policy/application_rules.h"

namespace dure::selection {

inline constexpr std::int64_t kCentiOfPoint = 100;

// hundredths / parts of a hundredth of a point; parts >= 1.
struct Points {
  std::int64_t hundredths = 0;
  std::int64_t parts = 1;
};

inline std::strong_ordering operator<=>(const Points& a, const Points& b) {
  if (a.parts == b.parts) return a.hundredths <=> b.hundredths;
  return base::Wide{a.hundredths} * b.parts <=> base::Wide{b.hundredths} * a.parts;
}
inline bool operator==(const Points& a, const Points& b) {
  return (a <=> b) == std::strong_ordering::equal;
}
inline Points operator+(const Points& a, std::int64_t centi_points) {
  return {a.hundredths + centi_points * a.parts, a.parts};
}
inline Points operator-(const Points& a, std::int64_t centi_points) {
  return a + -centi_points;
}

// The mean of `count` numbers that add up to `sum`, as the pack rounds it. REQUIRES: sum >= 0, count >= 1.
inline Points mean_of(std::int64_t sum, std::int64_t count, policy::ScoreRounding rounding) {
  switch (rounding) {
    case policy::ScoreRounding::kDown:
      return {sum / count, 1};
    case policy::ScoreRounding::kHalfUp:
      return {(2 * sum + count) / (2 * count), 1};
    case policy::ScoreRounding::kExact:
      return {sum, count};
  }
  return {sum, count};
}

// Whole hundredths, the rest dropped (towards minus infinity).
inline std::int64_t centi_of(const Points& points) {
  return base::multiply_divide(points.hundredths, 1, points.parts);
}

// "80.00", "-2.50"; of a fraction four digits more and "…": "79.996666…".
std::string to_text(const Points& points);
std::string points_text(std::int64_t centi_points);

}  // namespace dure::selection
