#include "gpu/share/utilisation.h"

namespace dure::gpu::share {
namespace {

uint64_t read(const uint64_t& word) noexcept {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

// What of [begin, end) lies in [from, now).
uint64_t within(uint64_t begin, uint64_t end, uint64_t from, uint64_t now) noexcept {
  if (begin < from) begin = from;
  if (end > now) end = now;
  return begin < end ? end - begin : 0;
}

}  // namespace

uint64_t device_time_ppm(const struct dure_process_work& work, uint32_t own_milli, uint64_t window_ns,
                         uint64_t now_ns) noexcept {
  uint64_t from = now_ns > window_ns ? now_ns - window_ns : 0;
  const uint64_t written = read(work.intervals);
  const uint64_t kept = written < DURE_INTERVALS ? written : uint64_t{DURE_INTERVALS};
  const uint64_t newest = read(work.newest_end_ns);
  uint64_t device_milli = 0, later = newest;
  // From the newest back: each ends no later than the one after it, which says which turn of 17 s is meant.
  for (uint64_t i = 0; i < kept && later > from; ++i) {
    const dure_interval one = read(work.interval[(written - 1 - i) % DURE_INTERVALS]);
    const uint64_t end = dure_interval_end_ns(one, later);
    const uint64_t length = dure_interval_length_ns(one);
    if (end > later + DURE_TICK_NS || end < length) break;  // it was overwritten meanwhile
    const uint64_t begin = end - length;
    device_milli += within(begin, end, from, now_ns) * dure_interval_charged_milli(one);
    later = begin;
    if (i + 1 == kept && written > kept && begin > from) from = begin;
  }
  const uint64_t pending = read(work.pending_from_ns);
  if (pending != 0)
    device_milli += within(pending > newest ? pending : newest, now_ns, from, now_ns) * own_milli;
  const uint64_t time = now_ns > from ? now_ns - from : 1;
  return device_milli / time * 1000 + device_milli % time * 1000 / time;
}

uint32_t percent_of_share(uint64_t ppm, const struct dure_limits* limits, unsigned card) noexcept {
  uint32_t milli = __atomic_load_n(&limits->pace[card].rate_milli, __ATOMIC_RELAXED);
  if (milli == 0) milli = __atomic_load_n(&limits->card[card].guaranteed_milli, __ATOMIC_RELAXED);
  if (milli == 0 || milli > 1000) milli = 1000;
  const uint64_t percent = ppm / (uint64_t{milli} * 10);
  return percent > 100 ? 100 : static_cast<uint32_t>(percent);
}

}  // namespace dure::gpu::share
