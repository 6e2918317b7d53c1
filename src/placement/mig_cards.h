// MigCards: which of many MIG cards an instance goes on, without looking at each of them.
//
// Cards with the same slices used are alike, and there are few sets of used slices (mig.h: 256 at most, with
// and without media extensions). So they are kept by that set; and the instances that somebody has a part of,
// by their profile and by what is left in them. A choice looks at the sets, the least loss first, and of the
// first cards of a set at those whose machine is short of CPU or memory.
//
// Kept by a Forest for the slots of one tree, which tells it of every slot that changed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "placement/board.h"

namespace dure::placement {

class MigCards {
 public:
  // Adds the slot, or notes what it has now. One out of service is in no set.
  void note(std::size_t number, const Slot& slot, bool in_service);

  struct Choice {
    std::int64_t loss = 0;  // loss_of_slices (slices.h)
    std::size_t slot = 0;
    auto operator<=>(const Choice&) const = default;
  };
  // The slot with the least loss, of those for which `will_do` says yes; of equals, of parts, the one whose
  // instance has least left, then the first.
  std::optional<Choice> find(const Shape& shape, const std::function<bool(std::size_t)>& will_do) const;

  // How many cards have just these slices used.
  const std::map<std::uint32_t, std::set<std::size_t>>& by_used() const { return by_used_; }

 private:
  using Part = std::pair<std::uint8_t, std::int16_t>;  // number of the profile, milli-GPU left
  struct Note {
    std::optional<std::uint32_t> used;
    std::vector<Part> parts;
    bool operator==(const Note&) const = default;
  };
  void forget(std::size_t number);
  std::optional<Choice> find_part(const Shape& shape, const std::function<bool(std::size_t)>& will_do) const;

  std::map<std::uint32_t, std::set<std::size_t>> by_used_;
  std::map<Part, std::set<std::size_t>> parts_;
  std::map<std::size_t, Note> notes_;
};

}  // namespace dure::placement
