// How long something has run, on the clock of one boot of its node (decision 10): no step of a wall clock
// lengthens or shortens it, and a time in which the machine was suspended counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace dure::fleet {

// When a replica started, as its node observed it.
struct StartReading {
  std::string boot_id;
  std::int64_t boottime_us = 0;
};

// What the node's clock showed in a report, and when dured received it.
struct NodeReading {
  std::string boot_id;
  std::int64_t boottime_us = 0;
  base::Instant received_at;
};

// From the start to `now`. The time since the report is guessed from dured's own clock, by at most
// kMostGuess: a step of that clock shifts the length by no more. Nothing where the node has started anew
// since.
inline constexpr base::Span kMostGuess = base::Span::seconds(5);
std::optional<base::Span> run_length(const StartReading& start, const NodeReading& node, base::Instant now);

}  // namespace dure::fleet
