// What the controller of device time needs of the machine: a clock and a way to sleep. Tests and the virtual
// bench put a simulated one in their place.
#ifndef DURE_GPU_SHARE_HOST_H
#define DURE_GPU_SHARE_HOST_H

#include <time.h>

#include <cstdint>

namespace dure::gpu::share {

struct Host {
  // CLOCK_MONOTONIC, ns.
  std::uint64_t (*now_ns)() noexcept;
  // Returns at that time or later; may return early (a signal), so callers look at the clock again.
  void (*sleep_until_ns)(std::uint64_t at) noexcept;
};

// CLOCK_MONOTONIC, ns.
inline std::uint64_t machine_ns() noexcept {
  timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at.tv_nsec);
}

// The machine's own.
const Host& machine() noexcept;

}  // namespace dure::gpu::share

#endif
