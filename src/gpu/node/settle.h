// How much of what the processes on a card saw as busy time was their own.
//
// A card that runs several contexts at once gives each its turn: while n of them have work, each has 1/n of
// the card (processor sharing), and the events on their streams measure n times what they had. So the device
// time of a busy interval is the integral of 1/n(t) over it, where n(t) is how many processes were busy at t.
// A process whose streams overlap counts once: its spans are apart (gpu/share/cover.h).
//
// Pure. Times are CLOCK_MONOTONIC in ns; device time is in thousandths of a nanosecond, so that nothing is
// lost to rounding over months.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dure::gpu {

struct BusySpan {
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = 0;
  std::uint32_t charged_milli = 0;  // so much of it was charged, in thousandths
  bool presumed = false;            // its process has not measured it yet
};

// The spans of one process: apart. Several may be of one tenant.
struct Sharer {
  std::size_t tenant = 0;
  std::vector<BusySpan> spans;
};

struct Settled {
  std::uint64_t elapsed_ns = 0;
  std::uint64_t device_milli_ns = 0;
  std::uint64_t charged_milli_ns = 0;
  // Of presumed spans, which are in none of the above.
  std::uint64_t presumed_elapsed_ns = 0;
  std::uint64_t presumed_device_milli_ns = 0;
};

// Of each of `tenants` tenants, what of its sharers' spans lies in [from, to). *turn is the device time that
// somebody had who was there all the while, in thousandths: the integral of 1/n, and of 1 where nobody was.
std::vector<Settled> settle(std::span<const Sharer> sharers, std::size_t tenants, std::uint64_t from_ns,
                            std::uint64_t to_ns, std::uint64_t* turn_milli_ns = nullptr);

}  // namespace dure::gpu
