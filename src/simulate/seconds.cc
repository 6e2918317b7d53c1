#include "simulate/seconds.h"

#include <algorithm>
#include <charconv>

#include "base/result.h"

namespace dure::simulate {
namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;
constexpr std::size_t kPlaces = 6;

bool digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<base::Span> parse_seconds(std::string_view text, base::Span most) {
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  auto places = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  if (!digits(whole) || !digits(places)) return std::nullopt;
  if (places.size() > kPlaces && places.find_first_not_of('0', kPlaces) != std::string_view::npos)
    return std::nullopt;
  places = places.substr(0, kPlaces);
  std::int64_t seconds = 0, fraction = 0;
  const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
  if (read.ec != std::errc() || seconds > most.in_seconds()) return std::nullopt;
  std::from_chars(places.data(), places.data() + places.size(), fraction);
  for (std::size_t i = places.size(); i < kPlaces; ++i) fraction *= 10;
  const base::Span span{seconds * kMicroseconds + fraction};
  if (span > most) return std::nullopt;
  return span;
}

std::string seconds_text(base::Span span) {
  DURE_ASSERT(span.us >= 0);
  std::string text = std::to_string(span.us / kMicroseconds);
  std::string places = std::to_string(span.us % kMicroseconds);
  if (places == "0") return text;
  places.insert(0, kPlaces - places.size(), '0');
  places.erase(places.find_last_not_of('0') + 1);
  return text + "." + places;
}

}  // namespace dure::simulate
