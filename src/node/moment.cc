#include "node/moment.h"

#include <ctime>
#include <fstream>
#include <limits>

namespace dure::node {
namespace {

constexpr std::int64_t kGoodGapUs = 50;

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

// The wall clock is read between two readings of the boot's clock. A thread that is put aside in between
// reads anew, so that the pair belongs together to within a fraction of a millisecond.
Moment SystemBootClock::now() {
  Moment best;
  std::int64_t smallest_gap = std::numeric_limits<std::int64_t>::max();
  for (int attempt = 0; attempt < 10 && smallest_gap > kGoodGapUs; ++attempt) {
    const std::int64_t before = read_clock(CLOCK_BOOTTIME);
    const std::int64_t wall = read_clock(CLOCK_REALTIME);
    const std::int64_t gap = read_clock(CLOCK_BOOTTIME) - before;
    if (gap >= smallest_gap) continue;
    smallest_gap = gap;
    best = {boot_id_, before + gap / 2, base::Instant{wall}};
  }
  return best;
}

}  // namespace dure::node
