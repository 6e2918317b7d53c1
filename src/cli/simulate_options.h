// What the verbs of `simulate` read of their options alike.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dure::cli {

// simulate.option_invalid {option, value, example}
base::Error bad_option(const char* option, const std::string& value, const char* example);

// The number that the whole text is; nothing else will do.
template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// "1.3" as 1300: at most 4 digits before the point and 3 behind it, no sign.
std::optional<std::int64_t> parse_milli(std::string_view text);

}  // namespace dure::cli
