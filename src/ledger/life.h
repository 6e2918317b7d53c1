// Inside of ledger: what the facts say about the length of a replica's life, on one axis.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ledger/facts.h"

namespace dure::ledger {

// Whole milliseconds from `start_us` to `boottime_us`, rounded down; never negative.
std::int64_t position(std::int64_t start_us, std::int64_t boottime_us);

enum class EndKind { kNone, kExact, kEstimated, kBootChanged, kNodeLost };

struct Life {
  std::int64_t seen_ms = 0;              // up to here it was seen running
  std::optional<std::int64_t> first_ms;  // by here it had surely started
  EndKind end = EndKind::kNone;
  std::int64_t end_ms = 0;  // with kNone: seen_ms
};

inline bool estimated(EndKind end) {
  return end != EndKind::kNone && end != EndKind::kExact;
}

// On the axis of that boot and start. `closed`: its node was given up.
Life life_of(const Facts& facts, const std::string& boot_id, std::int64_t start_us, bool closed);

}  // namespace dure::ledger
