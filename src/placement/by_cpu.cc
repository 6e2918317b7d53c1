#include "placement/by_cpu.h"

#include <algorithm>

#include "base/result.h"

namespace dure::placement {

void ByCpu::count(const Slot& slot, std::int32_t sign) {
  if (slot.cards == 0 || slot.mig > 0) return;  // instances are counted by who looks for one
  auto& by_cpu = rows_[{slot.pool, slot.model, slot.forms}];
  Row& row = by_cpu[slot.cpu_milli];
  row.slots += sign;
  row.slots_by_whole[static_cast<std::size_t>(slot.whole())] += sign;
  for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card)
    if (slot.open(card)) row.by_blocks[static_cast<std::size_t>(free_blocks(slot, card))] += sign;
  if (row.slots == 0) by_cpu.erase(slot.cpu_milli);
}

void ByCpu::count_machine(std::int16_t pool, std::int64_t cpu_milli, std::int64_t sign) {
  auto& by_cpu = machines_[pool];
  by_cpu[cpu_milli] += sign;
  if (by_cpu[cpu_milli] == 0) by_cpu.erase(cpu_milli);
}

bool ByCpu::may_hold(const Kind& kind, const Shape& shape) {
  const auto& [pool, model, forms] = kind;
  return pool_fits(pool, shape) && (shape.models == 0 || (shape.models >> model & 1) != 0) &&
         (shape.forms & forms) != 0;
}

std::int64_t ByCpu::cards(const Row& row, const Shape& shape) {
  std::int64_t sum = 0;
  if (shape.part_of_card()) {
    for (auto blocks = static_cast<std::size_t>(shape.milli_gpu / kOneBlock); blocks < row.by_blocks.size();
         ++blocks)
      sum += row.by_blocks[blocks];
    return sum;
  }
  for (auto whole = static_cast<std::size_t>(shape.cards); whole < row.slots_by_whole.size(); ++whole)
    sum += static_cast<std::int64_t>(whole) * row.slots_by_whole[whole];
  return sum;
}

std::int64_t ByCpu::short_of_cpu(const Shape& shape) const {
  DURE_ASSERT(shape.card_memory == 0);
  std::int64_t sum = 0;
  if (shape.cards == 0) {
    for (const auto& [pool, by_cpu] : machines_) {
      if (!pool_fits(pool, shape)) continue;
      const auto end = by_cpu.lower_bound(shape.cpu_milli);
      for (auto it = by_cpu.begin(); it != end; ++it) sum += it->second;
    }
    return sum;
  }
  for (const auto& [kind, by_cpu] : rows_) {
    if (!may_hold(kind, shape)) continue;
    const auto end = by_cpu.lower_bound(shape.cpu_milli);
    for (auto it = by_cpu.begin(); it != end; ++it) sum += cards(it->second, shape);
  }
  return sum;
}

std::int64_t ByCpu::most_cpu(const Shape& shape) const {
  DURE_ASSERT(shape.card_memory == 0);
  std::int64_t most = 0;
  if (shape.cards == 0) {
    for (const auto& [pool, by_cpu] : machines_)
      if (pool_fits(pool, shape) && !by_cpu.empty()) most = std::max(most, by_cpu.rbegin()->first);
    return most;
  }
  for (const auto& [kind, by_cpu] : rows_) {
    if (!may_hold(kind, shape)) continue;
    const auto found = std::find_if(by_cpu.rbegin(), by_cpu.rend(),
                                    [&](const auto& row) { return cards(row.second, shape) != 0; });
    if (found != by_cpu.rend()) most = std::max(most, found->first);
  }
  return most;
}

std::int64_t ByCpu::machines(const Shape& shape) const {
  std::int64_t sum = 0;
  for (const auto& [pool, by_cpu] : machines_)
    for (const auto& [cpu, count] : by_cpu) sum += pool_fits(pool, shape) ? count : 0;
  return sum;
}

}  // namespace dure::placement
