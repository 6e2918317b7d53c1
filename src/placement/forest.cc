#include "placement/forest.h"

#include <algorithm>
#include <map>

namespace dure::placement {

Forest::Forest(std::vector<Slot> slots, std::int64_t slope)
    : slope_(slope), slots_(std::move(slots)), in_service_(slots_.size(), true), place_(slots_.size()) {
  std::map<std::int64_t, std::size_t> tree_of;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto [found, fresh] = tree_of.emplace(slots_[i].model, trees_.size());
    if (fresh) trees_.push_back({slots_[i].model, 0, 0, {}, 1, {}});
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
  return {std::max(a.cpu_milli, b.cpu_milli), std::max(a.memory, b.memory),
          std::max(a.largest, b.largest),     std::max(a.whole, b.whole),
          std::min(a.least, b.least),         std::max(a.greatest, b.greatest)};
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

void Forest::ask(const Shape& shape) {
  if (shape.cards == 0 || shape.models == 0) return;
  const auto named = [&](const Tree& tree) { return (shape.models >> tree.model & 1) != 0; };
  std::int64_t cards = 0;
  for (const Tree& tree : trees_) cards += named(tree) ? tree.cards : 0;
  if (cards == 0) return;
  for (Tree& tree : trees_)
    if (named(tree)) tree.asked_millionths += shape.total_milli_gpu() * kWholeCard / cards;
}

// What the shape would take from those who name the model.
Slack Forest::toll(const Tree& tree, const Shape& shape) const {
  return tree.asked_millionths * shape.total_milli_gpu() * slope_ / 1'000'000;
}

void Forest::descend(const Tree& tree, std::size_t node, std::size_t first, std::size_t width,
                     const Shape& shape, Best& best) const {
  const Extent& extent = tree.nodes[node];
  if (!may_fit(extent, shape)) return;  // beyond the last slot nothing does
  const Slack cost = bound(extent, best.growth) + best.toll;
  const std::size_t slot = tree.slots[first];
  if (best.found && (cost > best.cost || (cost == best.cost && slot > best.slot))) return;
  if (width == 1) {
    best.cost = cost;
    best.slot = slot;
    best.found = true;
    return;
  }
  descend(tree, 2 * node, first, width / 2, shape, best);
  descend(tree, 2 * node + 1, first + width / 2, width / 2, shape, best);
}

std::optional<Spot> Forest::find(const Shape& shape) const {
  Best best;
  best.growth = growth_of(shape, slope_);
  for (const Tree& tree : trees_) {
    if (shape.cards > 0 && shape.models != 0 && (shape.models >> tree.model & 1) == 0) continue;
    best.toll = toll(tree, shape);
    descend(tree, 1, 0, tree.width, shape, best);
  }
  if (!best.found) return std::nullopt;
  return Spot{best.slot, tightest_cards(slots_[best.slot], shape)};
}

void Forest::take(const Shape& shape, const Spot& spot) {
  placement::take(slots_[spot.slot], shape, spot.cards);
  refresh(spot.slot);
}

void Forest::give_back(const Shape& shape, const Spot& spot) {
  placement::give_back(slots_[spot.slot], shape, spot.cards);
  refresh(spot.slot);
}

void Forest::set_service(std::size_t slot, bool in_service) {
  in_service_[slot] = in_service;
  refresh(slot);
}

}  // namespace dure::placement
