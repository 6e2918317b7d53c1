// A container's bucket of device time on one card: one word that all its processes change.
//
// The word is the time at which the container is due again (the generic cell rate algorithm, ITU-T I.371:
// virtual scheduling) and the rate by which that was reckoned. A launch may begin when it is due; it then
// moves the time by its device time divided by the rate. Before that, time lies in the past by the
// container's credit:
//
//   while nothing of it runs       credit grows to kBurstNs and no further
//   while the card is busy with it credit grows to kDebtNs: it contends, and gets less than it was promised
//
// so that a container that could not get its part has it later, and one that did not want it has not. When
// the rate changes, credit and debt stay what they are in device time.
//
// One word, changed by compare and swap: a process that is killed has either charged or not. Any thread may
// call these. The word 0 is a bucket that nobody used.
#ifndef DURE_GPU_SHARE_BUCKET_H
#define DURE_GPU_SHARE_BUCKET_H

#include <cstdint>

namespace dure::gpu::share {

inline constexpr std::uint64_t kBurstNs = 20'000'000;
inline constexpr std::uint64_t kDebtNs = 500'000'000;
// Credit that the container does not use for so long is above kBurstNs no more.
inline constexpr std::uint64_t kForgetNs = 100'000'000;

// The word's parts. The time is kept in 16 ns: the word lasts for nine years of CLOCK_MONOTONIC.
std::uint64_t pack_due(std::uint64_t due_ns, std::uint32_t rate_milli) noexcept;
std::uint64_t due_of(std::uint64_t word) noexcept;
std::uint32_t rate_of(std::uint64_t word) noexcept;

// The word as it is at `now` under this rate: changed from the rate by which it was reckoned, with no more
// credit than it may have. busy_until: the card is or was busy with the container until then. REQUIRES: 1 <=
// rate_milli <= 1000.
std::uint64_t refresh_due(std::uint64_t word, std::uint64_t now, std::uint32_t rate_milli,
                          std::uint64_t busy_until) noexcept;

// Charges device_ns if the container is due and returns 0, or charges nothing and returns the time at which
// it is due. REQUIRES: as above; device_ns is less than a day.
std::uint64_t charge_if_due(std::uint64_t* word, std::uint64_t now, std::uint32_t rate_milli,
                            std::uint64_t busy_until, std::uint64_t device_ns) noexcept;

// Charges what was measured beyond the estimate, or gives back (below 0) what was not used.
// REQUIRES: as above.
void settle_due(std::uint64_t* word, std::uint64_t now, std::uint32_t rate_milli, std::uint64_t busy_until,
                std::int64_t device_ns) noexcept;

}  // namespace dure::gpu::share

#endif
