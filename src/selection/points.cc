#include "selection/points.h"

#include "base/magnitude.h"

namespace dure::selection {
namespace {

std::string padded(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

std::string unsigned_text(std::uint64_t centi_points) {
  constexpr auto kCenti = static_cast<std::uint64_t>(kCentiOfPoint);
  return std::to_string(centi_points / kCenti) + "." + padded(centi_points % kCenti, 2);
}

}  // namespace

std::string points_text(std::int64_t centi_points) {
  return (centi_points < 0 ? "-" : "") + unsigned_text(base::magnitude(centi_points));
}

std::string to_text(const Points& points) {
  if (points.hundredths % points.parts == 0) return points_text(points.hundredths / points.parts);
  const bool negative = points.hundredths < 0;
  const std::uint64_t size = base::magnitude(points.hundredths);
  const auto parts = static_cast<std::uint64_t>(points.parts);
  constexpr std::int64_t kMore = 10'000;
  const auto digits = base::multiply_divide(static_cast<std::int64_t>(size % parts), kMore, points.parts);
  return (negative ? "-" : "") + unsigned_text(size / parts) + padded(static_cast<std::uint64_t>(digits), 4) +
         "…";
}

}  // namespace dure::selection
