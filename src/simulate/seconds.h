// Lengths of time as traces write them, decimal seconds, without a rounding on the way.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace dure::simulate {

// "66", "66.0", "0.25": digits, and at most one point with digits on both sides; no sign, no exponent. Not
// what is longer than `most`, nor what no whole number of microseconds is (a digit other than 0 behind the
// sixth).
std::optional<base::Span> parse_seconds(std::string_view text, base::Span most);

// The shortest that parse_seconds reads as the same: "66", "0.25". REQUIRES: span >= 0.
std::string seconds_text(base::Span span);

}  // namespace dure::simulate
