#include "gpu/node/turns.h"

#include <algorithm>

namespace dure::gpu {

void Turns::add(std::uint64_t from_ns, std::uint64_t to_ns, std::uint64_t turn_milli_ns) {
  if (to_ns <= from_ns) return;
  if (to_ns - from_ns > kTurnsKeptNs) {
    marks_ = {{to_ns, 0}};
    return;
  }
  if (marks_.empty() || marks_.back().at_ns != from_ns) marks_ = {{from_ns, 0}};
  marks_.push_back({to_ns, marks_.back().sum_milli_ns + turn_milli_ns});
  while (marks_.size() > 2 && marks_[1].at_ns + kTurnsKeptNs < to_ns) marks_.pop_front();
}

// REQUIRES: at_ns is not before the first mark.
std::uint64_t Turns::sum_at(std::uint64_t at_ns) const {
  const auto after = std::ranges::lower_bound(marks_, at_ns, {}, &Mark::at_ns);
  if (after == marks_.end()) return marks_.back().sum_milli_ns + (at_ns - marks_.back().at_ns) * 1000;
  if (after->at_ns == at_ns) return after->sum_milli_ns;
  const Mark& before = *std::prev(after);
  // In millionths of the step, which is of seconds at most: no product is beyond 2^63.
  const std::uint64_t turn = after->sum_milli_ns - before.sum_milli_ns;
  const std::uint64_t part_ppm = (at_ns - before.at_ns) * 1'000'000 / (after->at_ns - before.at_ns);
  return before.sum_milli_ns + turn / 1'000'000 * part_ppm + turn % 1'000'000 * part_ppm / 1'000'000;
}

std::uint64_t Turns::between(std::uint64_t from_ns, std::uint64_t to_ns) const {
  if (marks_.empty()) return (to_ns - from_ns) * 1000;
  const std::uint64_t first = marks_.front().at_ns;
  const std::uint64_t unknown = std::min(to_ns, first) - std::min(from_ns, first);
  if (to_ns <= first) return unknown * 1000;
  return unknown * 1000 + sum_at(to_ns) - sum_at(std::max(from_ns, first));
}

}  // namespace dure::gpu
