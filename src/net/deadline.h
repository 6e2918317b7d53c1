// Inside net/: a point of the steady clock until which something may take, for blocking callers.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace dure::net {

class Deadline {
 public:
  static Deadline never() { return Deadline(std::chrono::steady_clock::time_point::max()); }
  static Deadline after(base::Span span) {
    return Deadline(std::chrono::steady_clock::now() + std::chrono::microseconds(span.us));
  }

  // For poll(2): -1 = no limit, 0 = over; rounded up, so that a poll does not return early and spin.
  int poll_ms() const {
    if (at_ == std::chrono::steady_clock::time_point::max()) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(at_ - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
  }
  bool over() const { return poll_ms() == 0; }
  std::chrono::steady_clock::time_point at() const { return at_; }

 private:
  explicit Deadline(std::chrono::steady_clock::time_point at) : at_(at) {}
  std::chrono::steady_clock::time_point at_;
};

}  // namespace dure::net
