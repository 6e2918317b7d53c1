// One thread at a time retains, releases or resets the primary context of a device, or sets a limit of a
// context on it. The driver lets them do it at once; but whether a release was the last one is found by
// looking before and after, and a thread that makes the next primary context between two looks would be taken
// for a holder of the old one. And of two that set one limit, what the last one leaves is charged.
//
// A thread waits for as long as another needs to make a context or to wait for its work, as it would in the
// driver: so it sleeps in the kernel meanwhile.
#pragma once

#include <linux/futex.h>

#include "gpu/share/launch_state.h"
#include "gpu/share/page_kernel.h"

namespace dure::gpu::share {

class HeldDevice {
 public:
  // Of a number that is no device nothing is held.
  HeldDevice(LaunchState& state, int device) noexcept
      : word_(device >= 0 && static_cast<unsigned>(device) < LaunchState::kDevices ? &state.device[device]
                                                                                   : nullptr) {
    uint32_t free = kFree;
    if (word_ == nullptr ||
        __atomic_compare_exchange_n(word_, &free, kHeld, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      return;
    while (__atomic_exchange_n(word_, kWaitedFor, __ATOMIC_ACQUIRE) != kFree)
      call_kernel(SYS_futex, word_, FUTEX_WAIT_PRIVATE, kWaitedFor, nullptr);
  }
  ~HeldDevice() noexcept {
    if (word_ != nullptr && __atomic_exchange_n(word_, kFree, __ATOMIC_RELEASE) == kWaitedFor)
      call_kernel(SYS_futex, word_, FUTEX_WAKE_PRIVATE, 1);
  }
  HeldDevice(const HeldDevice&) = delete;
  HeldDevice& operator=(const HeldDevice&) = delete;

 private:
  enum : uint32_t { kFree, kHeld, kWaitedFor };
  uint32_t* word_;
};

}  // namespace dure::gpu::share
