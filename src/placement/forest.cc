#include "placement/forest.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

#include "base/quantity.h"
#include "base/result.h"

namespace dure::placement {

Forest::Forest(std::vector<Slot> slots, std::int64_t most_slope)
    : most_slope_(most_slope),
      slots_(std::move(slots)),
      in_service_(slots_.size(), true),
      place_(slots_.size()) {
  std::map<std::tuple<std::int64_t, std::int16_t, std::uint8_t, std::uint8_t, bool>, std::size_t> tree_of;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    machine_.emplace_back(i, i + 1);
    const bool without_cards = slot.cards == 0;
    const auto [found, fresh] = tree_of.emplace(
        std::tuple(slot.model, slot.pool, slot.forms, slot.mig, without_cards), trees_.size());
    if (fresh) trees_.emplace_back();
    Tree& tree = trees_[found->second];
    tree.model = slot.model;
    tree.pool = slot.pool;
    tree.in = pool_of(slot.pool);
    tree.forms = slot.forms;
    tree.mig = slot.mig;
    tree.without_cards = without_cards;
    place_[i] = {found->second, tree.slots.size()};
    tree.cards += slot.mig > 0 ? 1 : slot.cards;
    tree.slots.push_back(i);
    count_supply(i, 1);
  }
  for (Tree& tree : trees_) {
    tree.width = std::bit_ceil(tree.slots.size());
    tree.nodes.resize(2 * tree.width);
    grow(tree);
    for (std::size_t i = 0; i < tree.slots.size(); ++i) {
      ++tree.census.slots_by_whole[static_cast<std::size_t>(tree.nodes[tree.width + i].whole)];
      count_slot(tree.slots[i], 1);
      if (tree.mig > 0) tree.mig_cards.note(tree.slots[i], slots_[tree.slots[i]], true);
    }
  }
  adapt();
}

void Forest::join_machines(const std::vector<Machine>& machines) {
  for (const Machine& machine : machines)
    for (std::size_t slot = machine.first; slot < machine.second; ++slot) {
      count_supply(slot, -1);
      machine_[slot] = machine;
      count_supply(slot, 1);
    }
  for (std::size_t i = 0; i < pools_.size(); ++i)  // as if it had been made so
    set_slope(i, slope_for(pools_[i].cpu_milli, pools_[i].idle, most_slope_, most_slope_));
}

// The number of the pool, a new one where it has none.
std::size_t Forest::pool_of(std::int16_t pool) {
  for (std::size_t i = 0; i < pools_.size(); ++i)
    if (pools_[i].pool == pool) return i;
  pools_.push_back({pool, 0, 0, most_slope_});
  return pools_.size() - 1;
}

// CPU counts with the first slot of a machine.
void Forest::count_supply(std::size_t slot, std::int64_t sign) {
  const Slot& each = slots_[slot];
  if (!in_service_[slot] || each.cards == 0) return;
  Pool& pool = pools_[trees_[place_[slot].first].in];
  if (each.mig == 0) pool.idle += sign * each.idle();  // slices are not cards
  if (slot == machine_[slot].first) pool.cpu_milli += sign * each.cpu_milli;
}

void Forest::count_machine(std::size_t slot, std::int64_t sign) {
  for (std::size_t each = machine_[slot].first; each < machine_[slot].second; ++each)
    count_supply(each, sign);
}

void Forest::adapt() {
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    const Pool& pool = pools_[i];
    const std::int64_t slope = slope_for(pool.cpu_milli, pool.idle, pool.slope, most_slope_);
    if (slope != pool.slope) set_slope(i, slope);
  }
}

// All of its nodes anew.
void Forest::grow(Tree& tree) const {
  for (std::size_t i = 0; i < tree.slots.size(); ++i) tree.nodes[tree.width + i] = extent_of(tree.slots[i]);
  for (std::size_t i = tree.width; i-- > 1;) tree.nodes[i] = join(tree.nodes[2 * i], tree.nodes[2 * i + 1]);
}

void Forest::set_slope(std::size_t pool, std::int64_t slope) {
  pools_[pool].slope = slope;
  for (Tree& tree : trees_)
    if (tree.in == pool) grow(tree);
}

Forest::Extent Forest::extent_of(std::size_t slot) const {
  if (!in_service_[slot]) return {};
  const Slot& each = slots_[slot];
  const Slack slack = slack_of(each, slope_at(slot));
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
  return shape.part_of_card() ? extent.largest >= shape.milli_gpu : extent.whole >= shape.cards;
}

void Forest::refresh(std::size_t slot) {
  Tree& tree = trees_[place_[slot].first];
  std::size_t node = tree.width + place_[slot].second;
  const Extent now = extent_of(slot);
  if (const std::int16_t whole = tree.nodes[node].whole; whole != now.whole) {
    if (whole >= 0) --tree.census.slots_by_whole[static_cast<std::size_t>(whole)];
    if (now.whole >= 0) ++tree.census.slots_by_whole[static_cast<std::size_t>(now.whole)];
  }
  tree.nodes[node] = now;
  if (tree.mig > 0) tree.mig_cards.note(slot, slots_[slot], in_service_[slot]);
  while ((node /= 2) >= 1) tree.nodes[node] = join(tree.nodes[2 * node], tree.nodes[2 * node + 1]);
}

// These cards of the slot, where it is in service.
void Forest::count_cards(std::size_t slot, std::uint32_t cards, std::int32_t sign) {
  if (!in_service_[slot]) return;
  const Slot& each = slots_[slot];
  Census& census = trees_[place_[slot].first].census;
  for (std::uint32_t left = cards & ~each.closed; left != 0; left &= left - 1) {
    const auto card = static_cast<std::size_t>(std::countr_zero(left));
    census.by_blocks[static_cast<std::size_t>(free_blocks(each, card))] += sign;
  }
  for (std::uint32_t left = cards & each.closed; left != 0; left &= left - 1) census.closed += sign;
}

// All that the slot has.
void Forest::count_slot(std::size_t slot, std::int32_t sign) {
  const std::int64_t cards = slots_[slot].cards;
  if (!in_service_[slot]) trees_[place_[slot].first].census.out_of_service += sign * cards;
  count_cards(slot, (1U << cards) - 1, sign);
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
  adapt();
}

void Forest::forget(const Shape& shape) {
  count_asked(shape, -1);
}

// What the shape would take from those who name the model.
Slack Forest::toll(const Tree& tree, const Shape& shape) const {
  return tree.asked_millionths * shape.total_milli_gpu() * pools_[tree.in].slope / 1'000'000;
}

bool Forest::may_hold(const Tree& tree, const Shape& shape) const {
  if (!pool_fits(tree.pool, shape)) return false;
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
    if (search.may != nullptr && !(*search.may)(slot)) return;
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
    if (tree.mig > 0 && search.shape.cards > 0) continue;  // look_at_mig_cards
    search.growth = growth_of(search.shape, pools_[tree.in].slope);
    search.toll = toll(tree, search.shape);
    descend(tree, 1, 0, tree.width, search);
  }
}

void Forest::look_at_mig_cards(Search& search) const {
  const auto will_do = [&](std::size_t slot) {
    const Slot& here = slots_[slot];
    return slot >= search.from && slot < search.end && here.cpu_milli >= search.shape.cpu_milli &&
           here.memory >= search.shape.memory && (search.may == nullptr || (*search.may)(slot));
  };
  std::optional<MigCards::Choice> chosen;
  for (const Tree& tree : trees_) {
    if (tree.mig == 0 || !may_hold(tree, search.shape)) continue;
    if (!fits_kind(tree.mig, search.shape.mig)) continue;
    const auto found = tree.mig_cards.find(search.shape, will_do);
    if (found) chosen = std::min(*found, chosen.value_or(*found));
  }
  if (!chosen) return;
  search.slot = chosen->slot;
  search.found = true;
}

std::optional<Spot> Forest::best(Search search) const {
  if (search.shape.cards == 0) look(search, true);
  if (!search.found) look(search, false);
  if (!search.found && search.shape.mig != 0) look_at_mig_cards(search);
  if (!search.found) return std::nullopt;
  return Spot{search.slot, tightest_cards(slots_[search.slot], search.shape)};
}

std::optional<Spot> Forest::find_within(const Shape& shape, std::size_t first, std::size_t end) const {
  return best({shape, first, end});
}

std::optional<Spot> Forest::find_where(const Shape& shape,
                                       const std::function<bool(std::size_t)>& may) const {
  Search search{shape, 0, slots_.size()};
  search.may = &may;
  return best(search);
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
  count_machine(spot.slot, -1);
  count_cards(spot.slot, spot.cards, -1);
  placement::take(slots_[spot.slot], shape, spot.cards);
  count_cards(spot.slot, spot.cards, 1);
  share(shape, spot.slot, 1);
  count_machine(spot.slot, 1);
}

void Forest::give_back(const Shape& shape, const Spot& spot) {
  count_machine(spot.slot, -1);
  count_cards(spot.slot, spot.cards, -1);
  placement::give_back(slots_[spot.slot], shape, spot.cards);
  count_cards(spot.slot, spot.cards, 1);
  share(shape, spot.slot, -1);
  count_machine(spot.slot, 1);
}

void Forest::set_service(std::size_t slot, bool in_service) {
  count_slot(slot, -1);
  count_supply(slot, -1);
  in_service_[slot] = in_service;
  count_supply(slot, 1);
  count_slot(slot, 1);
  refresh(slot);
}

void Forest::set(std::size_t slot, const Slot& now) {
  const Tree& tree = trees_[place_[slot].first];
  DURE_ASSERT(now.model == tree.model && now.pool == tree.pool && now.forms == tree.forms &&
              now.mig == tree.mig && (now.cards == 0) == tree.without_cards);
  count_slot(slot, -1);
  count_supply(slot, -1);
  slots_[slot] = now;
  count_supply(slot, 1);
  count_slot(slot, 1);
  refresh(slot);
}

}  // namespace dure::placement
