#include "placement/forest.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/result.h"

namespace dure::placement {

Forest::Forest(std::vector<Slot> slots, std::int64_t slope)
    : slope_(slope), slots_(std::move(slots)), in_service_(slots_.size(), true), place_(slots_.size()) {
  std::map<std::tuple<std::int64_t, std::int16_t, std::uint8_t, bool>, std::size_t> tree_of;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    machine_.emplace_back(i, i + 1);
    const bool without_cards = slot.cards == 0;
    const auto [found, fresh] =
        tree_of.emplace(std::tuple(slot.model, slot.pool, slot.forms, without_cards), trees_.size());
    if (fresh) trees_.push_back({slot.model, slot.pool, slot.forms, without_cards, 0, 0, {}, 1, {}});
    Tree& tree = trees_[found->second];
    place_[i] = {found->second, tree.slots.size()};
    tree.cards += slots_[i].cards;
    tree.slots.push_back(i);
  }
  for (Tree& tree : trees_) {
    while (tree.width < tree.slots.size()) tree.width *= 2;
    tree.nodes.resize(2 * tree.width);
    for (std::size_t i = 0; i < tree.slots.size(); ++i) tree.nodes[tree.width + i] = extent_of(tree.slots[i]);
    for (std::size_t i = tree.width; i-- > 1;) tree.nodes[i] = join(tree.nodes[2 * i], tree.nodes[2 * i + 1]);
  }
}

void Forest::join_machines(const std::vector<Machine>& machines) {
  for (const Machine& machine : machines)
    for (std::size_t slot = machine.first; slot < machine.second; ++slot) machine_[slot] = machine;
}

Forest::Extent Forest::extent_of(std::size_t slot) const {
  if (!in_service_[slot]) return {};
  const Slot& each = slots_[slot];
  const Slack slack = slack_of(each, slope_);
  return {each.cpu_milli,
          each.memory,
          static_cast<std::int16_t>(each.largest()),
          static_cast<std::int16_t>(each.whole()),
          slack,
          slack};
}

// An extent that has nothing (cpu_milli < 0) leaves the other's bounds alone.
Forest::Extent Forest::join(const Extent& a, const Extent& b) {
  if (a.cpu_milli < 0) return b;
  if (b.cpu_milli < 0) return a;
  return {std::max(a.cpu_milli, b.cpu_milli), std::max(a.memory, b.memory), std::max(a.largest, b.largest),
          std::max(a.whole, b.whole),         std::min(a.least, b.least),   std::max(a.greatest, b.greatest)};
}

bool Forest::may_fit(const Extent& extent, const Shape& shape) {
  if (extent.cpu_milli < shape.cpu_milli || extent.memory < shape.memory) return false;
  if (shape.cards == 0) return true;
  return shape.part_of_card() ? extent.largest >= shape.milli_gpu : extent.whole >= shape.cards;
}

void Forest::refresh(std::size_t slot) {
  Tree& tree = trees_[place_[slot].first];
  std::size_t node = tree.width + place_[slot].second;
  tree.nodes[node] = extent_of(slot);
  while ((node /= 2) >= 1) tree.nodes[node] = join(tree.nodes[2 * node], tree.nodes[2 * node + 1]);
}

void Forest::count_asked(const Shape& shape, std::int64_t sign) {
  if (shape.cards == 0 || shape.models == 0) return;
  const auto named = [&](const Tree& tree) { return (shape.models >> tree.model & 1) != 0; };
  std::int64_t cards = 0;
  for (const Tree& tree : trees_) cards += named(tree) ? tree.cards : 0;
  if (cards == 0) return;
  for (Tree& tree : trees_)
    if (named(tree)) tree.asked_millionths += sign * (shape.total_milli_gpu() * kWholeCard / cards);
}

void Forest::ask(const Shape& shape) {
  count_asked(shape, 1);
}

void Forest::forget(const Shape& shape) {
  count_asked(shape, -1);
}

// What the shape would take from those who name the model.
Slack Forest::toll(const Tree& tree, const Shape& shape) const {
  return tree.asked_millionths * shape.total_milli_gpu() * slope_ / 1'000'000;
}

bool Forest::may_hold(const Tree& tree, const Shape& shape) const {
  if (shape.pool != kAnyPool && shape.pool != tree.pool) return false;
  if (shape.cards == 0) return true;
  return (shape.models == 0 || (shape.models >> tree.model & 1) != 0) && (shape.forms & tree.forms) != 0;
}

void Forest::descend(const Tree& tree, std::size_t node, std::size_t first, std::size_t width,
                     Search& search) const {
  const Extent& extent = tree.nodes[node];
  if (!may_fit(extent, search.shape)) return;  // beyond the last slot nothing does
  const Slack cost = bound(extent, search.growth) + search.toll;
  const std::size_t slot = tree.slots[first];
  if (slot >= search.end) return;
  if (search.found && (cost > search.cost || (cost == search.cost && slot > search.slot))) return;
  if (width == 1) {
    // The memory of cards is not in the extents.
    if (slot < search.from || (slots_[slot].counts_card_memory && !fits(slots_[slot], search.shape))) return;
    search.cost = cost;
    search.slot = slot;
    search.found = true;
    return;
  }
  const std::size_t middle = first + width / 2;
  const bool left = middle >= tree.slots.size() || tree.slots[middle] > search.from;
  if (left) descend(tree, 2 * node, first, width / 2, search);
  descend(tree, 2 * node + 1, middle, width / 2, search);
}

void Forest::look(Search& search, bool without_cards) const {
  for (const Tree& tree : trees_) {
    if (tree.without_cards != without_cards || !may_hold(tree, search.shape)) continue;
    search.toll = toll(tree, search.shape);
    descend(tree, 1, 0, tree.width, search);
  }
}

std::optional<Spot> Forest::find_within(const Shape& shape, std::size_t first, std::size_t end) const {
  Search search{shape, first, end, growth_of(shape, slope_)};
  if (shape.cards == 0) look(search, true);
  if (!search.found) look(search, false);
  if (!search.found) return std::nullopt;
  return Spot{search.slot, tightest_cards(slots_[search.slot], shape)};
}

std::optional<Spot> Forest::find(const Shape& shape) const {
  return find_within(shape, 0, slots_.size());
}

// What the others of the machine have less of CPU and memory.
void Forest::share(const Shape& shape, std::size_t slot, std::int64_t sign) {
  for (std::size_t other = machine_[slot].first; other < machine_[slot].second; ++other) {
    if (other != slot) {
      slots_[other].cpu_milli -= sign * shape.cpu_milli;
      slots_[other].memory -= sign * shape.memory;
    }
    refresh(other);
  }
}

void Forest::take(const Shape& shape, const Spot& spot) {
  placement::take(slots_[spot.slot], shape, spot.cards);
  share(shape, spot.slot, 1);
}

void Forest::give_back(const Shape& shape, const Spot& spot) {
  placement::give_back(slots_[spot.slot], shape, spot.cards);
  share(shape, spot.slot, -1);
}

void Forest::set_service(std::size_t slot, bool in_service) {
  in_service_[slot] = in_service;
  refresh(slot);
}

void Forest::set(std::size_t slot, const Slot& now) {
  const Tree& tree = trees_[place_[slot].first];
  DURE_ASSERT(now.model == tree.model && now.pool == tree.pool && now.forms == tree.forms &&
              (now.cards == 0) == tree.without_cards);
  slots_[slot] = now;
  refresh(slot);
}

}  // namespace dure::placement
