#include "placement/count.h"

#include <algorithm>

#include "placement/slices.h"

namespace dure::placement {
namespace {

// How often `asked` goes into `free`, at most so often.
std::int64_t times(std::int64_t free, std::int64_t asked, std::int64_t most) {
  return asked > 0 ? std::min(most, free / asked) : most;
}

}  // namespace

std::int64_t count_on_slot(const Slot& slot, const Shape& shape, std::int64_t most) {
  if (!offered(slot, shape)) return 0;
  if (shape.cards == 0) return most;
  if (!model_fits(slot, shape)) return 0;
  if (slot.mig > 0) return count_slices(slot, shape, most);
  if (!shape.part_of_card()) return std::min(most, slot.whole() / shape.cards);
  std::int64_t sum = 0;
  for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards) && sum < most; ++card) {
    if (!slot.open(card)) continue;
    const std::int64_t memory = card_memory_of(slot, card, shape);
    sum += times(slot.free_memory[card], memory, times(slot.free[card], shape.milli_gpu, most));
  }
  return std::min(most, sum);
}

std::int64_t count_on_machine(const Forest& forest, std::span<const Slot> slots,
                              const Forest::Machine& machine, const Shape& shape, std::int64_t most) {
  const Slot& any = slots[machine.first];  // CPU and memory are of the machine
  const std::int64_t bound = times(any.memory, shape.memory, times(any.cpu_milli, shape.cpu_milli, most));
  std::int64_t sum = 0;
  for (std::size_t slot = machine.first; slot < machine.second && sum < bound; ++slot)
    if (forest.in_service(slot)) sum += count_on_slot(slots[slot], shape, bound - sum);
  return sum;
}

}  // namespace dure::placement
