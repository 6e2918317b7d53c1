#include "selection/points.h"

namespace dure::selection {
namespace {

std::string padded(std::int64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

}  // namespace

std::string points_text(std::int64_t centi_points) {
  const std::int64_t size = centi_points < 0 ? -centi_points : centi_points;
  return (centi_points < 0 ? "-" : "") + std::to_string(size / kCentiOfPoint) + "." +
         padded(size % kCentiOfPoint, 2);
}

std::string to_text(const Points& points) {
  if (points.hundredths % points.parts == 0) return points_text(points.hundredths / points.parts);
  const bool negative = points.hundredths < 0;
  const std::int64_t size = negative ? -points.hundredths : points.hundredths;
  constexpr std::int64_t kMore = 10'000;
  const std::int64_t digits = base::multiply_divide(size % points.parts, kMore, points.parts);
  return (negative ? "-" : "") + points_text(size / points.parts) + padded(digits, 4) + "…";
}

}  // namespace dure::selection
