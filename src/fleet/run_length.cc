#include "fleet/run_length.h"

#include <algorithm>

namespace dure::fleet {

std::optional<base::Span> run_length(const StartReading& start, const NodeReading& node, base::Instant now) {
  if (start.boot_id != node.boot_id) return std::nullopt;
  const base::Span guess = std::clamp(now - node.received_at, base::Span{}, kMostGuess);
  return std::max(base::Span{}, base::Span{node.boottime_us - start.boottime_us} + guess);
}

}  // namespace dure::fleet
