// Moment: one reading of both clocks of this machine, and of which boot they belong to (decision 10).
//
// Lengths are differences of `boottime_us` (CLOCK_BOOTTIME: it counts through suspend and never steps) within
// one boot id. `wall` is for people, and to place the engine's own stamps.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace dure::node {

struct Moment {
  std::string boot_id;
  std::int64_t boottime_us = 0;
  base::Instant wall;
};

// The wall clock's time of a moment of this boot, given one reading of both.
inline base::Instant wall_of(std::int64_t boottime_us, const Moment& reading) {
  return reading.wall - base::Span{reading.boottime_us - boottime_us};
}

class BootClock {
 public:
  virtual ~BootClock() = default;
  virtual Moment now() = 0;  // thread-safe
};

// CLOCK_BOOTTIME, CLOCK_REALTIME and /proc/sys/kernel/random/boot_id.
class SystemBootClock : public BootClock {
 public:
  SystemBootClock();
  Moment now() override;

 private:
  std::string boot_id_;
};

}  // namespace dure::node
