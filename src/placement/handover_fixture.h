// For tests: moves carried out one by one, without the code under test.
#pragma once

#include <optional>
#include <vector>

#include "placement/handover.h"

namespace dure::placement {

// Whether just these cards of the slot take the shape.
inline bool takes(const Slot& slot, const Shape& shape, std::uint32_t cards) {
  if (slot.cpu_milli < shape.cpu_milli || slot.memory < shape.memory) return false;
  if (shape.cards > 0 && shape.models != 0 && (shape.models >> slot.model & 1) == 0) return false;
  std::int64_t count = 0;
  for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card) {
    if ((cards >> card & 1) == 0) continue;
    if (slot.free[card] < shape.milli_gpu) return false;
    ++count;
  }
  return count == shape.cards && cards >> slot.cards == 0;
}

// The slots after all moves in their order, each done as it is said; nothing where a start does not fit.
inline std::optional<std::vector<Slot>> carry_out(std::vector<Slot> slots, const std::vector<Move>& moves,
                                                  const std::vector<Handover>& handovers) {
  if (moves.size() != handovers.size()) return std::nullopt;
  const auto stop = [&](const Move& move) { give_back(slots[move.from.slot], move.shape, move.from.cards); };
  const auto start = [&](const Move& move) {
    if (!takes(slots[move.to.slot], move.shape, move.to.cards)) return false;
    take(slots[move.to.slot], move.shape, move.to.cards);
    return true;
  };
  for (std::size_t first = 0; first < moves.size(); ++first) {
    std::size_t last = first;
    while (handovers[last] == Handover::kWithNext)
      if (++last == moves.size()) return std::nullopt;
    const bool before = handovers[first] == Handover::kStartFirst;
    if (before && !start(moves[first])) return std::nullopt;
    for (std::size_t i = first; i <= last; ++i) stop(moves[i]);
    for (std::size_t i = first; i <= last && !before; ++i)
      if (!start(moves[i])) return std::nullopt;
    first = last;
  }
  return slots;
}

}  // namespace dure::placement
