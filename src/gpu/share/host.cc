#include "gpu/share/host.h"

#include <time.h>

namespace dure::gpu::share {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

void sleep_until(std::uint64_t at) noexcept {
  const timespec until = {static_cast<time_t>(at / kSecond), static_cast<long>(at % kSecond)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

constexpr Host kMachine = {machine_ns, sleep_until};

}  // namespace

const Host& machine() noexcept {
  return kMachine;
}

}  // namespace dure::gpu::share
