#include "placement/clearing.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

namespace dure::placement {
namespace {

void add(Clearing& to, const Draft::Guest& guest) {
  to.milli_gpu += guest.tenant.shape.total_milli_gpu();
  if (guest.moved()) return;
  ++to.moves;
  to.cost += guest.tenant.cost;
}

// Cards that become empty together: one with its parts, or those of a tenant of whole ones. Nothing where one
// of the tenants stays.
std::optional<Clearing> unit_of(const Draft& draft, std::size_t slot, std::uint32_t cards) {
  Clearing unit{.slot = slot, .cards = cards, .keep = cards};
  for (const std::size_t number : draft.on(slot)) {
    const Draft::Guest& guest = draft.guest(number);
    if ((guest.spot.cards & cards) == 0) continue;
    if (!guest.tenant.movable) return std::nullopt;
    add(unit, guest);
  }
  if (unit.milli_gpu == 0) return std::nullopt;  // nobody knows whose it is
  return unit;
}

struct Units {
  std::vector<Clearing> parts;   // of a card with parts of it in use
  std::vector<Clearing> wholes;  // of a tenant of whole cards
};

Units units_of(const Draft& draft, std::size_t slot) {
  const Slot& each = draft.slots()[slot];
  std::uint32_t taken = 0;
  Units units;
  for (const std::size_t number : draft.on(slot)) {
    const Draft::Guest& guest = draft.guest(number);
    if (guest.tenant.shape.cards == 0 || guest.tenant.shape.part_of_card()) continue;
    taken |= guest.spot.cards;
    if (const auto unit = unit_of(draft, slot, guest.spot.cards)) units.wholes.push_back(*unit);
  }
  for (std::size_t card = 0; card < static_cast<std::size_t>(each.cards); ++card) {
    if (each.free[card] == kWholeCard || (taken >> card & 1) != 0) continue;
    if (const auto unit = unit_of(draft, slot, 1U << card)) units.parts.push_back(*unit);
  }
  return units;
}

std::uint32_t empty_cards(const Slot& slot) {
  std::uint32_t cards = 0;
  for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card)
    if (slot.free[card] == kWholeCard) cards |= 1U << card;
  return cards;
}

std::optional<Clearing> whole_slot(const Draft& draft, std::size_t slot) {
  const Slot& each = draft.slots()[slot];
  const std::uint32_t all = (1U << each.cards) - 1;
  const std::uint32_t used = all & ~empty_cards(each);
  if (used == 0) return std::nullopt;
  auto unit = unit_of(draft, slot, used);
  if (unit) unit->keep = all;
  return unit;
}

std::size_t count_of(std::uint32_t cards) {
  std::size_t count = 0;
  for (std::int64_t card = 0; card < kMostCardsOfSlot; ++card) count += cards >> card & 1;
  return count;
}

bool dearer(const Clearing& a, const Clearing& b) {
  return std::tuple(a.moves, a.cost, a.milli_gpu) > std::tuple(b.moves, b.cost, b.milli_gpu);
}

// The units that together clear at least `wanted` cards with the fewest moves: a knapsack over cards.
std::optional<Clearing> cheapest(std::size_t slot, const std::vector<Clearing>& units, std::size_t wanted,
                                 std::uint32_t without) {
  std::array<std::optional<Clearing>, kMostCardsOfSlot + 1> best;
  best[0] = Clearing{.slot = slot};
  for (const Clearing& unit : units) {
    if ((unit.cards & without) != 0) continue;
    const auto count = count_of(unit.cards);
    for (std::size_t had = wanted; had-- > 0;) {
      if (!best[had]) continue;
      Clearing with = *best[had];
      with.cards |= unit.cards;
      with.moves += unit.moves;
      with.cost += unit.cost;
      with.milli_gpu += unit.milli_gpu;
      auto& then = best[std::min(wanted, had + count)];
      if (!then || dearer(*then, with)) then = with;
    }
  }
  return best[wanted];
}

void add_together(const Draft& draft, std::size_t slot, std::int64_t cards, std::vector<Clearing>& found) {
  const Slot& each = draft.slots()[slot];
  const std::uint32_t empty = empty_cards(each);
  if (each.cards < cards || each.whole() >= cards) return;
  const auto wanted = static_cast<std::size_t>(cards - each.whole());
  const Units of_slot = units_of(draft, slot);
  std::vector<Clearing> units = of_slot.parts;
  units.insert(units.end(), of_slot.wholes.begin(), of_slot.wholes.end());
  const auto best = cheapest(slot, units, wanted, 0);
  if (!best) return;
  const auto add_one = [&](Clearing one) {
    one.keep = one.cards | empty;
    found.push_back(one);
  };
  add_one(*best);
  for (const Clearing& unit : units) {
    if ((unit.cards & best->cards) == 0) continue;
    if (const auto other = cheapest(slot, units, wanted, unit.cards)) add_one(*other);
  }
}

}  // namespace

std::vector<Clearing> clearings(const Draft& draft, const Goal& goal) {
  std::vector<Clearing> found;
  for (std::size_t slot = 0; slot < draft.slots().size(); ++slot) {
    const Slot& each = draft.slots()[slot];
    if (!draft.in_service(slot)) continue;
    if (goal.kind == Goal::Kind::kCards) {
      const Units units = units_of(draft, slot);
      found.insert(found.end(), units.parts.begin(), units.parts.end());
    } else if (goal.kind == Goal::Kind::kNodes) {
      if (const auto unit = whole_slot(draft, slot)) found.push_back(*unit);
    } else if (goal.models == 0 || (goal.models >> each.model & 1) != 0) {
      add_together(draft, slot, goal.cards, found);
    }
  }
  return found;
}

}  // namespace dure::placement
