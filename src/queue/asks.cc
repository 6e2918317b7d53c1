#include "queue/asks.h"

#include <algorithm>
#include <bit>

namespace dure::queue {

void Asks::clear() {
  kinds_ = 0;  // what is left of the others is not looked at
  most_ = {};
}

void Asks::add(const Job& job) {
  const placement::Shape& shape = job.shape;
  // More cards than a slot can have fit nowhere.
  if (shape.cards <= placement::kMostCardsOfSlot) {
    const std::size_t kind = shape.part_of_card() ? kPart : static_cast<std::size_t>(shape.cards);
    Least& least = least_[kind];
    const bool first = (kinds_ >> kind & 1) == 0;
    least.cpu_milli = first ? shape.cpu_milli : std::min(least.cpu_milli, shape.cpu_milli);
    least.memory = first ? shape.memory : std::min(least.memory, shape.memory);
    least.milli_gpu = first ? shape.milli_gpu : std::min(least.milli_gpu, shape.milli_gpu);
    kinds_ |= std::uint32_t{1} << kind;
  }
  const Amount& asked = job.amount;
  most_.runs = std::max(most_.runs, asked.runs);
  most_.gpu = std::max(most_.gpu, asked.gpu);
  most_.card_memory = std::max(most_.card_memory, asked.card_memory);
  most_.cpu_milli = std::max(most_.cpu_milli, asked.cpu_milli);
  most_.memory = std::max(most_.memory, asked.memory);
}

bool Asks::may_fit(const placement::Slot& slot) const {
  if (kinds_ == 0) return false;
  const std::int64_t whole = slot.whole();
  for (std::uint32_t left = kinds_; left != 0; left &= left - 1) {
    const auto kind = static_cast<std::size_t>(std::countr_zero(left));
    const Least& least = least_[kind];
    if (slot.cpu_milli < least.cpu_milli || slot.memory < least.memory) continue;
    if (kind == kPart ? slot.largest() >= least.milli_gpu : whole >= static_cast<std::int64_t>(kind))
      return true;
  }
  return false;
}

}  // namespace dure::queue
