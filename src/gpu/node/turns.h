// Turns: what somebody who was on a card all the while would have had of it, looked up for times that are
// settled already.
//
// A process whose kernel takes longer than the node waits for (pace.h) reports its busy time when that time
// is settled without it. It had its turns all the same: where two hundred contexts take turns, a kernel of
// 10 ms takes two seconds, and who is charged for those by the clock is in debt for minutes.
//
// Not for several threads at once. Times are CLOCK_MONOTONIC in ns; device time is in thousandths.
#pragma once

#include <cstdint>
#include <deque>

namespace dure::gpu {

// As long as a process's ring of intervals can be (abi/pace.h): 512 of 134 ms.
inline constexpr std::uint64_t kTurnsKeptNs = 70'000'000'000;

class Turns {
 public:
  // In [from, to) it was turn_milli_ns: see settle(). Usually goes on where the last ended; else what is
  // before is forgotten. Of a step longer than kTurnsKeptNs nothing is kept. REQUIRES: from_ns <= to_ns.
  void add(std::uint64_t from_ns, std::uint64_t to_ns, std::uint64_t turn_milli_ns);

  // In [from, to), evenly within what was added at once; all of the time before what is kept.
  // REQUIRES: from_ns <= to_ns.
  std::uint64_t between(std::uint64_t from_ns, std::uint64_t to_ns) const;

 private:
  struct Mark {
    std::uint64_t at_ns = 0;
    std::uint64_t sum_milli_ns = 0;  // since the first
  };

  std::uint64_t sum_at(std::uint64_t at_ns) const;

  std::deque<Mark> marks_;
};

}  // namespace dure::gpu
