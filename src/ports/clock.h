// The time of day. Read once per command; nothing below commands/ and the programs' loops reads it.
#pragma once

#include "base/time.h"

namespace dure::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual base::Instant now() = 0;  // thread-safe
};

// A clock that stands until it is set: for tests.
class ManualClock : public Clock {
 public:
  explicit ManualClock(base::Instant start) : now_(start) {}
  base::Instant now() override { return now_; }
  void advance(base::Span by) { now_ = now_ + by; }
  void set(base::Instant to) { now_ = to; }

 private:
  base::Instant now_;
};

}  // namespace dure::ports
