#include "fleet/stamp.h"

#include <algorithm>

#include "base/result.h"

namespace dure::fleet {

std::int64_t boottime_of(base::Instant stamp, const ClockPair& now, std::int64_t not_before_us) {
  DURE_ASSERT(not_before_us <= now.boottime_us);
  const std::int64_t since_us = (now.wall - stamp).us;
  return std::clamp(now.boottime_us - since_us, not_before_us, now.boottime_us);
}

}  // namespace dure::fleet
