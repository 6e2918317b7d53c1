// Asks: the least and the most that any of some entries asks for, so that one look tells that what a slot has
// free serves none of them, or that a ceiling is in the way of none.
//
// It may say yes too often: it is of the entries that were added, also of those that have left since, and it
// takes the least of each thing over all entries that ask for as many cards. It never says no wrongly.
//
// Plain value. A question costs a pass over the cards of the slot. Single-threaded.
#pragma once

#include <array>
#include <cstdint>

#include "placement/board.h"
#include "queue/entry.h"
#include "queue/job.h"

namespace dure::queue {

class Asks {
 public:
  void clear();
  void add(const Job& job);
  // False: no replica of any of them fits there, whatever is reserved.
  bool may_fit(const placement::Slot& slot) const;
  // The most that one of them asks for, thing by thing.
  const Amount& most() const { return most_; }

 private:
  struct Least {
    std::int64_t cpu_milli = 0;
    std::int64_t memory = 0;
    std::int64_t milli_gpu = 0;
  };
  static constexpr std::size_t kPart = placement::kMostCardsOfSlot + 1;

  std::uint32_t kinds_ = 0;  // that somebody asks for, as bits: so many whole cards, or kPart
  std::array<Least, kPart + 1> least_{};
  Amount most_;
};

}  // namespace dure::queue
