#include "node/moment.h"

#include <ctime>
#include <fstream>

namespace dure::node {
namespace {

std::int64_t read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

}  // namespace

SystemBootClock::SystemBootClock() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  file >> boot_id_;
}

Moment SystemBootClock::now() {
  return {boot_id_, read_clock(CLOCK_BOOTTIME), base::Instant{read_clock(CLOCK_REALTIME)}};
}

}  // namespace dure::node
