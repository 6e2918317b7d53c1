// Time that passed for this thread while it could run: waiting for a processor of a busy machine is nobody's
// protocol.
#pragma once

#include <chrono>
#include <fstream>

namespace dure::gpu::share {

class Stopwatch {
 public:
  double milliseconds() const {
    const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - began_;
    return wall.count() - (run_delay() - delayed_);
  }

 private:
  static double run_delay() {
    double ran = 0, waited = 0;
    std::ifstream("/proc/thread-self/schedstat") >> ran >> waited;
    return waited / 1e6;
  }
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  double delayed_ = run_delay();
};

}  // namespace dure::gpu::share
