// The machine's clock: CLOCK_REALTIME in whole microseconds.
#pragma once

#include "ports/clock.h"

namespace dure::system {

class SystemClock : public ports::Clock {
 public:
  base::Instant now() override;
};

}  // namespace dure::system
