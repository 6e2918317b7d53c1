// How much of a card's time a process had lately, by the intervals that it publishes (gpu/abi/pace.h): what
// NVML's utilisation is made of for a container.
//
// What counts is device time, as it was charged: of an interval in which others had their turns, the part
// that was the process's own. A kernel that has not ended yet is presumed to run since its interval began.
//
// Pure, but for reading words that others write. Any thread.
#pragma once

#include <stdint.h>

#include "gpu/abi/page.h"

namespace dure::gpu::share {

// Over how long NVML's wrappers look back.
inline constexpr uint64_t kUtilisationWindowNs = 500'000'000;

// In millionths of the time from now - window_ns on, or from where the intervals that are kept begin, if that
// is later. `own_milli`: what of elapsed time that is not measured yet is the process's own.
// REQUIRES: window_ns > 0 and less than 8 s.
uint64_t device_time_ppm(const struct dure_process_work& work, uint32_t own_milli, uint64_t window_ns,
                         uint64_t now_ns) noexcept;

// In per cent of what the container may use, so that a container that uses all of its share reads 100: the
// rate that the node lends it, or what it is guaranteed where the node has not spoken.
uint32_t percent_of_share(uint64_t ppm, const struct dure_limits* limits, unsigned card) noexcept;

}  // namespace dure::gpu::share
