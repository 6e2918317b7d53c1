// What a forest has free, counted and named, for who says why something does not fit.
#include <algorithm>

#include "base/result.h"
#include "placement/forest.h"

namespace dure::placement {

Forest::Counts Forest::counts(const Shape& shape) const {
  DURE_ASSERT(shape.cards > 0 && shape.milli_gpu % kOneBlock == 0 && shape.card_memory == 0);
  Counts counts;
  for (const Tree& tree : trees_) {
    if (tree.without_cards || tree.mig > 0 || !may_hold(tree, shape)) continue;
    const Census& census = tree.census;
    std::int64_t in_service = 0, room = 0, few = 0;
    for (std::size_t blocks = 0; blocks < census.by_blocks.size(); ++blocks) {
      in_service += census.by_blocks[blocks];
      room += static_cast<std::int64_t>(blocks) * kOneBlock >= shape.milli_gpu ? census.by_blocks[blocks] : 0;
    }
    if (!shape.part_of_card()) {
      room = 0;
      for (std::int64_t whole = 1; whole <= kMostCardsOfSlot; ++whole) {
        const std::int64_t cards = whole * census.slots_by_whole[static_cast<std::size_t>(whole)];
        room += cards;
        few += whole < shape.cards ? cards : 0;
      }
    }
    counts.looked_at += in_service + census.closed + census.out_of_service;
    counts.out_of_service += census.out_of_service;
    counts.closed += census.closed;
    counts.busy += in_service - room;
    counts.too_few += few;
    counts.fit += room - few;
  }
  return counts;
}

std::int64_t Forest::cards_with_room(std::size_t slot, const Shape& shape) const {
  const Slot& each = slots_[slot];
  if (!shape.part_of_card()) return each.whole();
  std::int64_t count = 0;
  for (std::size_t card = 0; card < static_cast<std::size_t>(each.cards); ++card)
    count += each.open(card) && each.free[card] >= shape.milli_gpu &&
                     card_memory_of(each, card, shape) <= each.free_memory[card]
                 ? 1
                 : 0;
  return count;
}

bool Forest::visit(const Tree& tree, std::size_t node, const Shape& shape,
                   const std::function<bool(std::size_t)>& each) const {
  if (!may_fit(tree.nodes[node], shape)) return true;
  if (node < tree.width) return visit(tree, 2 * node, shape, each) && visit(tree, 2 * node + 1, shape, each);
  const std::size_t slot = tree.slots[node - tree.width];
  return cards_with_room(slot, shape) < shape.cards || each(slot);
}

void Forest::each_fit(const Shape& shape, const std::function<bool(std::size_t)>& each) const {
  for (const Tree& tree : trees_)
    if ((shape.cards == 0 || (!tree.without_cards && tree.mig == 0)) && may_hold(tree, shape) &&
        !visit(tree, 1, shape, each))
      return;
}

void Forest::look_for_memory(const Tree& tree, std::size_t node, const Shape& shape,
                             std::int64_t& most) const {
  if (tree.nodes[node].memory <= most || !may_fit(tree.nodes[node], shape)) return;
  if (node >= tree.width) {
    const std::size_t slot = tree.slots[node - tree.width];
    if (cards_with_room(slot, shape) >= shape.cards) most = tree.nodes[node].memory;
    return;
  }
  const std::size_t first = tree.nodes[2 * node].memory >= tree.nodes[2 * node + 1].memory ? 0 : 1;
  look_for_memory(tree, 2 * node + first, shape, most);
  look_for_memory(tree, 2 * node + 1 - first, shape, most);
}

std::int64_t Forest::most_memory(const Shape& shape) const {
  Shape cards = shape;
  cards.cpu_milli = cards.memory = 0;
  std::int64_t most = 0;
  for (const Tree& tree : trees_)
    if ((shape.cards == 0 || (!tree.without_cards && tree.mig == 0)) && may_hold(tree, cards))
      look_for_memory(tree, 1, cards, most);
  return most;
}

Forest::Free Forest::free_blocks_of(const Shape& shape) const {
  Free free;
  for (const Tree& tree : trees_) {
    if (tree.without_cards || tree.mig > 0 || !may_hold(tree, shape)) continue;
    for (std::size_t blocks = 1; blocks < tree.census.by_blocks.size(); ++blocks)
      free.add(static_cast<std::int64_t>(blocks), tree.census.by_blocks[blocks]);
  }
  return free;
}

Forest::Free Forest::whole_cards_of(const Shape& shape) const {
  Free free;
  for (const Tree& tree : trees_) {
    if (tree.without_cards || tree.mig > 0 || !may_hold(tree, shape)) continue;
    for (std::size_t whole = 1; whole < tree.census.slots_by_whole.size(); ++whole)
      free.add(static_cast<std::int64_t>(whole), tree.census.slots_by_whole[whole]);
  }
  return free;
}

}  // namespace dure::placement
