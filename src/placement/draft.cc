#include "placement/draft.h"

#include <algorithm>
#include <optional>

#include "base/result.h"

namespace dure::placement {
namespace {

bool model_in(std::size_t model, const Shape& shape) {
  return shape.cards == 0 || shape.models == 0 || (shape.models >> model & 1) != 0;
}

}  // namespace

Draft::Draft(const Forest& forest, const Tenants& tenants)
    : slots_(forest.slots()),
      in_service_(slots_.size()),
      kept_(slots_.size()),
      shut_(slots_.size()),
      on_(slots_.size()) {
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    in_service_[slot] = forest.in_service(slot) && slots_[slot].mig == 0;
    const auto model = static_cast<std::size_t>(slots_[slot].model);
    if (of_model_.size() <= model) of_model_.resize(model + 1);
    enlist(slot, 1);
    for (const Tenant& tenant : tenants.on(slot)) {
      on_[slot].push_back(guests_.size());
      guests_.push_back({tenant, tenant.spot, false});
    }
  }
}

std::vector<std::size_t> Draft::moved_guests() const {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < guests_.size() && list.size() < moved_; ++i)
    if (guests_[i].moved()) list.push_back(i);
  return list;
}

std::vector<Move> Draft::moves() const {
  std::vector<Move> list;
  for (const std::size_t i : moved_guests())
    list.push_back({guests_[i].tenant.id, guests_[i].tenant.shape, guests_[i].tenant.spot, guests_[i].spot});
  return list;
}

// Enters the slot in the sets and sums, or (-1) strikes it from them.
void Draft::enlist(std::size_t slot, std::int64_t sign) {
  const Slot& each = slots_[slot];
  if (each.mig > 0) return;
  const std::int64_t whole = each.whole();
  whole_cards_ += sign * whole;
  if (each.cards > 0 && whole == each.cards) whole_nodes_ += sign;
  if (!in_service_[slot]) return;
  OfModel& of = of_model_[static_cast<std::size_t>(each.model)];
  const auto set = [sign](auto& keys, const auto& key) {
    if (sign > 0)
      keys.insert(key);
    else
      keys.erase(key);
  };
  set(of.slots, SlotKey{whole, slot});
  for (std::size_t card = 0; card < static_cast<std::size_t>(each.cards); ++card)
    if (each.free[card] > 0) set(of.cards, CardKey{each.free[card], slot, card});
}

// The guest is then on that spot, or off where it was.
void Draft::change(std::size_t guest, const Spot& spot, bool off) {
  Guest& who = guests_[guest];
  DURE_ASSERT(who.off != off);
  const bool before = who.moved();
  enlist(spot.slot, -1);
  if (off) {
    give_back(slots_[spot.slot], who.tenant.shape, spot.cards);
    std::erase(on_[spot.slot], guest);
  } else {
    take(slots_[spot.slot], who.tenant.shape, spot.cards);
    on_[spot.slot].push_back(guest);
  }
  enlist(spot.slot, 1);
  who.spot = spot;
  who.off = off;
  if (before == who.moved()) return;
  moved_ += before ? std::size_t(-1) : 1;
  cost_ += before ? -who.tenant.cost : who.tenant.cost;
}

void Draft::lift(std::size_t guest) {
  journal_.push_back({Entry::Kind::kLift, guest, guests_[guest].spot, 0});
  change(guest, guests_[guest].spot, true);
}

void Draft::put(std::size_t guest, const Spot& spot) {
  journal_.push_back({Entry::Kind::kPut, guest, guests_[guest].spot, 0});
  change(guest, spot, false);
}

void Draft::keep(std::size_t slot, std::uint32_t cards) {
  journal_.push_back({Entry::Kind::kKeep, slot, {}, kept_[slot]});
  kept_[slot] |= cards;
}

void Draft::undo_to(std::size_t mark) {
  while (journal_.size() > mark) {
    const Entry entry = journal_.back();
    journal_.pop_back();
    if (entry.kind == Entry::Kind::kKeep) {
      kept_[entry.number] = entry.before;
    } else if (entry.kind == Entry::Kind::kLift) {
      change(entry.number, entry.spot, false);
    } else {
      change(entry.number, guests_[entry.number].spot, true);
      guests_[entry.number].spot = entry.spot;
    }
  }
}

Slot Draft::offered(std::size_t slot) const {
  Slot rest = slots_[slot];
  rest.closed |= barred(slot);
  return rest;
}

bool Draft::all_barred(std::size_t slot) const {
  const std::int64_t cards = slots_[slot].cards;
  return cards > 0 && barred(slot) == (1U << cards) - 1;
}

// Of cards of one slot with the same free, one will do.
void Draft::add_card_spots(const OfModel& of, const Shape& shape, bool empty_ones, std::size_t most,
                           std::vector<Spot>& found) {
  std::size_t looks = 0;
  std::size_t count = 0;
  std::optional<std::pair<std::int64_t, std::size_t>> last;
  for (auto each = of.cards.lower_bound({shape.milli_gpu, 0, 0}); each != of.cards.end(); ++each) {
    const auto& [free, slot, card] = *each;
    if (count == most || looks == kMostLooks || (free == kWholeCard && !empty_ones)) break;
    ++looks;
    if ((barred(slot) >> card & 1) != 0 || last == std::pair{free, slot}) continue;
    if (!cards_take(slots_[slot], shape, 1U << card)) continue;
    last = std::pair{free, slot};
    found.push_back({slot, 1U << card});
    ++count;
  }
  looks_ += looks;
}

void Draft::add_slot_spots(const OfModel& of, const Shape& shape, std::size_t most,
                           std::vector<Spot>& found) {
  std::size_t looks = 0;
  std::size_t count = 0;
  for (auto each = of.slots.lower_bound({shape.cards, 0}); each != of.slots.end(); ++each) {
    if (count == most || looks == kMostLooks) break;
    ++looks;
    const Slot rest = offered(each->second);
    if (all_barred(each->second) || !fits(rest, shape)) continue;
    found.push_back({each->second, tightest_cards(rest, shape)});
    ++count;
  }
  looks_ += looks;
}

std::vector<Spot> Draft::spots_for(const Shape& shape, bool empty_ones, std::size_t most) {
  std::vector<Spot> found;
  for (std::size_t model = 0; model < of_model_.size(); ++model) {
    if (!model_in(model, shape)) continue;
    if (shape.part_of_card())
      add_card_spots(of_model_[model], shape, empty_ones, most, found);
    else
      add_slot_spots(of_model_[model], shape, most, found);
  }
  const auto room = [&](const Spot& spot) {
    const Slot& slot = slots_[spot.slot];
    if (!shape.part_of_card()) return slot.whole();
    std::int64_t free = 0;
    for (std::size_t card = 0; spot.cards >> card != 0; ++card) free = slot.free[card];
    return free;
  };
  std::ranges::stable_sort(found, {}, [&](const Spot& spot) { return std::pair(room(spot), spot.slot); });
  if (found.size() > most) found.resize(most);
  return found;
}

// Who takes no less of anything is no easier to place.
bool Draft::easier(const Guest& one, const Guest& than) const {
  const Shape& a = one.tenant.shape;
  const Shape& b = than.tenant.shape;
  return a.total_milli_gpu() < b.total_milli_gpu() || a.cpu_milli < b.cpu_milli || a.memory < b.memory ||
         a.models != b.models;
}

void Draft::add_card_ejections(const OfModel& of, const Guest& out, bool empty_ones,
                               std::vector<Ejection>& found) {
  const Shape& shape = out.tenant.shape;
  std::size_t looks = 0;
  for (auto each = of.cards.rbegin(); each != of.cards.rend() && looks < kMostLooks; ++each) {
    const auto& [free, slot, card] = *each;
    if ((free == kWholeCard && !empty_ones) || (barred(slot) >> card & 1) != 0) continue;
    ++looks;
    if (cards_take(slots_[slot], shape, 1U << card)) continue;  // needs nobody's leave
    for (const std::size_t number : on_[slot]) {
      const Guest& guest = guests_[number];
      if (!guest.tenant.movable || !easier(guest, out)) continue;
      ++looks_;
      Slot rest = slots_[slot];
      give_back(rest, guest.tenant.shape, guest.spot.cards);
      if (cards_take(rest, shape, 1U << card)) found.push_back({number, {slot, 1U << card}});
    }
  }
  looks_ += looks;
}

void Draft::add_slot_ejections(const OfModel& of, const Guest& out, std::vector<Ejection>& found) {
  const Shape& shape = out.tenant.shape;
  std::size_t looks = 0;
  for (auto each = of.slots.rbegin(); each != of.slots.rend() && looks < kMostLooks; ++each) {
    const std::size_t slot = each->second;
    ++looks;
    Slot rest = offered(slot);
    if (all_barred(slot) || fits(rest, shape)) continue;
    for (const std::size_t number : on_[slot]) {
      const Guest& guest = guests_[number];
      if (!guest.tenant.movable || !easier(guest, out) || (guest.spot.cards & barred(slot)) != 0) continue;
      ++looks_;
      Slot without = rest;
      give_back(without, guest.tenant.shape, guest.spot.cards);
      if (fits(without, shape)) found.push_back({number, {slot, tightest_cards(without, shape)}});
    }
  }
  looks_ += looks;
}

std::vector<Draft::Ejection> Draft::ejections_for(std::size_t guest, bool empty_ones, std::size_t most) {
  const Guest& out = guests_[guest];
  const Shape& shape = out.tenant.shape;
  std::vector<Ejection> found;
  for (std::size_t model = 0; model < of_model_.size(); ++model) {
    if (!model_in(model, shape)) continue;
    if (shape.part_of_card())
      add_card_ejections(of_model_[model], out, empty_ones, found);
    else
      add_slot_ejections(of_model_[model], out, found);
  }
  const auto rank = [&](const Ejection& ejection) {
    const Guest& who = guests_[ejection.guest];
    return std::tuple(!who.moved(), who.tenant.shape.total_milli_gpu(), who.tenant.cost);
  };
  std::ranges::stable_sort(found, {}, rank);
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace dure::placement
