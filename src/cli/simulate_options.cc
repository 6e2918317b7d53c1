#include "cli/simulate_options.h"

namespace dure::cli {

base::Error bad_option(const char* option, const std::string& value, const char* example) {
  return base::invalid(base::Reason("simulate.option_invalid")
                           .with("option", std::string(option))
                           .with("value", value)
                           .with("example", std::string(example)));
}

std::optional<std::int64_t> parse_milli(std::string_view text) {
  constexpr std::size_t kMostBefore = 4;
  constexpr std::size_t kMostBehind = 3;
  const auto point = text.find('.');
  std::string fraction(point == std::string_view::npos ? "0" : text.substr(point + 1));
  if (fraction.empty() || fraction.size() > kMostBehind) return std::nullopt;
  fraction.resize(kMostBehind, '0');
  const auto integer = text.substr(0, point);
  if (integer.size() > kMostBefore) return std::nullopt;
  const auto before = whole<std::uint32_t>(integer);
  const auto behind = whole<std::uint32_t>(fraction);
  if (!before || !behind) return std::nullopt;
  return static_cast<std::int64_t>(*before) * 1000 + *behind;
}

}  // namespace dure::cli
