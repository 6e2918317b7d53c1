#include "placement/board.h"

#include <algorithm>
#include <utility>

#include "base/quantity.h"
#include "base/result.h"
#include "placement/slices.h"

namespace dure::placement {

std::int64_t Slot::idle() const {
  std::int64_t sum = 0;
  const std::int64_t shared = mig > 0 ? cards - 1 : cards;  // the media extensions are no compute
  for (std::size_t i = 0; i < static_cast<std::size_t>(shared); ++i) sum += open(i) ? free[i] : 0;
  DURE_ASSERT(mig == 0 || shared > 0);
  return mig > 0 ? sum / shared : sum;
}

std::int64_t Slot::whole() const {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(cards); ++i)
    count += open(i) && free[i] == kWholeCard ? 1 : 0;
  return count;
}

std::int64_t Slot::largest() const {
  std::int64_t most = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(cards); ++i)
    if (open(i)) most = std::max<std::int64_t>(most, free[i]);
  return most;
}

bool model_fits(const Slot& slot, const Shape& shape) {
  return shape.models == 0 || (shape.models >> slot.model & 1) != 0;
}

bool offered(const Slot& slot, const Shape& shape) {
  if (!pool_fits(slot.pool, shape)) return false;
  return shape.cards == 0 || (slot.forms & shape.forms) != 0;
}

std::int64_t card_memory_of(const Slot& slot, std::size_t card, const Shape& shape) {
  if (!slot.counts_card_memory) return 0;
  if (shape.card_memory > 0) return shape.card_memory;
  return base::multiply_divide(slot.card_memory[card], shape.milli_gpu, kWholeCard);
}

bool fits(const Slot& slot, const Shape& shape) {
  if (slot.cpu_milli < shape.cpu_milli || slot.memory < shape.memory || !offered(slot, shape)) return false;
  if (shape.cards == 0) return true;
  if (!model_fits(slot, shape)) return false;
  if (slot.mig > 0) return slices_fit(slot, shape);
  if (!shape.part_of_card()) return slot.whole() >= shape.cards;
  return slot.counts_card_memory ? tightest_cards(slot, shape) != 0 : slot.largest() >= shape.milli_gpu;
}

bool cards_take(const Slot& slot, const Shape& shape, std::uint32_t cards) {
  Slot only = slot;
  only.closed |= ~cards;
  return fits(only, shape);
}

std::int64_t free_blocks(const Slot& slot, std::size_t card) {
  std::int64_t blocks = slot.free[card] / kOneBlock;
  if (!slot.counts_card_memory) return blocks;
  const auto memory = [&](std::int64_t count) {
    return base::multiply_divide(slot.card_memory[card], count * kOneBlock, kWholeCard);
  };
  while (blocks > 0 && memory(blocks) > slot.free_memory[card]) --blocks;
  return blocks;
}

namespace {

// Of the cards that have room for it the one with least left.
std::uint32_t tightest_card(const Slot& slot, const Shape& shape) {
  std::uint32_t chosen = 0;
  std::pair<std::int64_t, std::int64_t> least{kWholeCard + 1, 0};
  for (std::size_t i = 0; i < static_cast<std::size_t>(slot.cards); ++i) {
    if (!slot.open(i) || slot.free[i] < shape.milli_gpu) continue;
    const std::int64_t memory = slot.free_memory[i] - card_memory_of(slot, i, shape);
    if (memory < 0) continue;
    const std::pair<std::int64_t, std::int64_t> left{slot.free[i], memory};
    if (left >= least) continue;
    least = left;
    chosen = 1U << i;
  }
  return chosen;
}

}  // namespace

std::uint32_t tightest_cards(const Slot& slot, const Shape& shape) {
  if (slot.mig > 0 && shape.cards > 0) return tightest_slices(slot, shape);
  if (shape.part_of_card()) return tightest_card(slot, shape);
  std::uint32_t chosen = 0;
  std::int64_t left = shape.cards;
  for (std::size_t i = 0; i < static_cast<std::size_t>(slot.cards) && left > 0; ++i) {
    if (!slot.open(i) || slot.free[i] != kWholeCard) continue;
    chosen |= 1U << i;
    --left;
  }
  return chosen;
}

namespace {

void change(Slot& slot, const Shape& shape, std::uint32_t cards, std::int64_t sign) {
  slot.cpu_milli -= sign * shape.cpu_milli;
  slot.memory -= sign * shape.memory;
  if (slot.mig > 0 && cards != 0)
    change_slices(slot, instance_code(shape.mig, cards), cards, sign * shape.milli_gpu);
  for (std::size_t i = 0; cards >> i != 0; ++i) {
    if ((cards >> i & 1) == 0) continue;
    DURE_ASSERT(slot.instance[i] != kSeveralInstances);
    if (slot.mig == 0) slot.free[i] = static_cast<std::int16_t>(slot.free[i] - sign * shape.milli_gpu);
    slot.free_memory[i] -= sign * card_memory_of(slot, i, shape);
    DURE_ASSERT(slot.free[i] >= 0 && slot.free[i] <= kWholeCard && slot.free_memory[i] >= 0);
  }
}

}  // namespace

void take(Slot& slot, const Shape& shape, std::uint32_t cards) {
  change(slot, shape, cards, 1);
  DURE_ASSERT(slot.cpu_milli >= 0 && slot.memory >= 0);
}

void give_back(Slot& slot, const Shape& shape, std::uint32_t cards) {
  change(slot, shape, cards, -1);
}

}  // namespace dure::placement
