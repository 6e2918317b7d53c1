#include "placement/board.h"

#include <algorithm>

#include "base/result.h"

namespace dure::placement {

std::int64_t Slot::idle() const {
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < cards; ++i) sum += free[static_cast<std::size_t>(i)];
  return sum;
}

std::int64_t Slot::whole() const {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < cards; ++i) count += free[static_cast<std::size_t>(i)] == kWholeCard ? 1 : 0;
  return count;
}

std::int64_t Slot::largest() const {
  std::int64_t most = 0;
  for (std::int64_t i = 0; i < cards; ++i)
    most = std::max<std::int64_t>(most, free[static_cast<std::size_t>(i)]);
  return most;
}

bool model_fits(const Slot& slot, const Shape& shape) {
  return shape.models == 0 || (shape.models >> slot.model & 1) != 0;
}

bool fits(const Slot& slot, const Shape& shape) {
  if (slot.cpu_milli < shape.cpu_milli || slot.memory < shape.memory) return false;
  if (shape.cards == 0) return true;
  if (!model_fits(slot, shape)) return false;
  return shape.part_of_card() ? slot.largest() >= shape.milli_gpu : slot.whole() >= shape.cards;
}

std::uint32_t tightest_cards(const Slot& slot, const Shape& shape) {
  std::uint32_t chosen = 0;
  if (shape.part_of_card()) {
    std::int64_t least = kWholeCard + 1;
    for (std::int64_t i = 0; i < slot.cards; ++i) {
      const std::int64_t free = slot.free[static_cast<std::size_t>(i)];
      if (free < shape.milli_gpu || free >= least) continue;
      least = free;
      chosen = 1U << i;
    }
    return chosen;
  }
  std::int64_t left = shape.cards;
  for (std::int64_t i = 0; i < slot.cards && left > 0; ++i) {
    if (slot.free[static_cast<std::size_t>(i)] != kWholeCard) continue;
    chosen |= 1U << i;
    --left;
  }
  return chosen;
}

void take(Slot& slot, const Shape& shape, std::uint32_t cards) {
  slot.cpu_milli -= shape.cpu_milli;
  slot.memory -= shape.memory;
  DURE_ASSERT(slot.cpu_milli >= 0 && slot.memory >= 0);
  for (std::size_t i = 0; cards >> i != 0; ++i) {
    if ((cards >> i & 1) == 0) continue;
    slot.free[i] = static_cast<std::int16_t>(slot.free[i] - shape.milli_gpu);
    DURE_ASSERT(slot.free[i] >= 0);
  }
}

void give_back(Slot& slot, const Shape& shape, std::uint32_t cards) {
  slot.cpu_milli += shape.cpu_milli;
  slot.memory += shape.memory;
  for (std::size_t i = 0; cards >> i != 0; ++i) {
    if ((cards >> i & 1) == 0) continue;
    slot.free[i] = static_cast<std::int16_t>(slot.free[i] + shape.milli_gpu);
    DURE_ASSERT(slot.free[i] <= kWholeCard);
  }
}

}  // namespace dure::placement
