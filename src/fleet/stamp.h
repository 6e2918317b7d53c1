// From an engine's wall-clock stamp to the boot's clock.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace dure::fleet {

// Two readings of the two clocks of one machine at one moment.
struct ClockPair {
  std::int64_t boottime_us = 0;  // CLOCK_BOOTTIME
  base::Instant wall;
};

// CLOCK_BOOTTIME at which the wall clock showed `stamp`, if it did not step since; never before
// `not_before_us` (the last moment at which the opposite was seen) nor after `now`.
// REQUIRES: not_before_us <= now.boottime_us.
std::int64_t boottime_of(base::Instant stamp, const ClockPair& now, std::int64_t not_before_us);

}  // namespace dure::fleet
