#include "placement/tighten.h"

#include <algorithm>
#include <bit>
#include <map>

namespace dure::placement {
namespace {

// A card with a hole and, where it is looked at as one's place, the tenant that has a part of it.
struct Seat {
  std::size_t slot = 0;
  std::size_t card = 0;
  const Tenant* tenant = nullptr;
};

// Seats of tenants of one size, on cards with the same hole; cards with that hole where the size is 0.
struct CardKind {
  std::int64_t size = 0;
  std::int64_t free = 0;
  auto operator<=>(const CardKind&) const = default;
};

// Tenants of `from` go to cards of `to`, whose tenants (of a size above 0) come back.
struct Trade {
  const CardKind* from = nullptr;
  const CardKind* to = nullptr;
  std::int64_t gain = 0;
  std::int64_t per_move() const { return to->size > 0 ? gain / 2 : gain; }
};

class TradeSearch {
 public:
  TradeSearch(const Forest& forest, const Tenants& tenants) : forest_(forest) {
    for (std::size_t slot = 0; slot < forest.slots().size(); ++slot)
      if (forest.in_service(slot) && forest.slots()[slot].mig == 0) add_slot(slot, tenants.on(slot));
  }

  std::optional<Tightening> best(std::size_t looks_left) const;

 private:
  const Slot& slot(std::size_t number) const { return forest_.slots()[number]; }
  void add_slot(std::size_t number, std::span<const Tenant> here);
  std::vector<Trade> trades() const;
  bool possible(const Seat& from, const Seat& to) const;
  std::optional<Tightening> carry_out(const Trade& trade, std::size_t& looks_left) const;

  const Forest& forest_;
  std::map<CardKind, std::vector<Seat>> seats_;
};

// Full cards and empty ones are among them: no trade with one of those gains.
void TradeSearch::add_slot(std::size_t number, std::span<const Tenant> here) {
  const Slot& each = slot(number);
  for (std::size_t card = 0; card < static_cast<std::size_t>(each.cards); ++card)
    seats_[{0, each.free[card]}].push_back({number, card, nullptr});
  for (const Tenant& tenant : here) {
    if (!tenant.movable || !tenant.shape.part_of_card()) continue;
    const auto card = static_cast<std::size_t>(std::countr_zero(tenant.spot.cards));
    seats_[{tenant.shape.milli_gpu, each.free[card]}].push_back({number, card, &tenant});
  }
}

std::vector<Trade> TradeSearch::trades() const {
  std::vector<Trade> list;
  for (const auto& [from, givers] : seats_)
    for (const auto& [to, takers] : seats_) {
      const std::int64_t x = from.size - to.size;
      const std::int64_t gain = 2 * x * (from.free - to.free + x);
      if (x > 0 && to.free >= x && gain > 0) list.push_back({&from, &to, gain});
    }
  std::stable_sort(list.begin(), list.end(),
                   [](const Trade& a, const Trade& b) { return a.per_move() > b.per_move(); });
  return list;
}

// CPU and memory first: that says no to most. What else there is, memory of cards and cards out of service,
// is tried on copies.
bool TradeSearch::possible(const Seat& from, const Seat& to) const {
  if (from.slot == to.slot && from.card == to.card) return false;
  const Shape& out = from.tenant->shape;
  const Shape back = to.tenant ? to.tenant->shape : Shape{};
  Slot here = slot(from.slot);
  if (from.slot != to.slot) {
    const Slot& there = slot(to.slot);
    const std::int64_t cpu = out.cpu_milli - back.cpu_milli;
    const std::int64_t memory = out.memory - back.memory;
    if (there.cpu_milli < cpu || here.cpu_milli < -cpu || there.memory < memory || here.memory < -memory)
      return false;
  }
  Slot other = slot(to.slot);
  Slot& there = from.slot == to.slot ? here : other;
  give_back(here, out, from.tenant->spot.cards);
  if (to.tenant) give_back(there, back, to.tenant->spot.cards);
  if (!cards_take(there, out, 1U << to.card)) return false;
  take(there, out, 1U << to.card);
  return !to.tenant || cards_take(here, back, 1U << from.card);
}

std::optional<Tightening> TradeSearch::carry_out(const Trade& trade, std::size_t& looks_left) const {
  for (const Seat& from : seats_.at(*trade.from))
    for (const Seat& to : seats_.at(*trade.to)) {
      if (looks_left == 0) return std::nullopt;
      --looks_left;
      if (!possible(from, to)) continue;
      Tightening step{{}, trade.gain};
      const Spot there{to.slot, 1U << to.card};
      step.moves.push_back({from.tenant->id, from.tenant->shape, from.tenant->spot, there});
      if (to.tenant)
        step.moves.push_back({to.tenant->id, to.tenant->shape, to.tenant->spot, from.tenant->spot});
      return step;
    }
  return std::nullopt;
}

std::optional<Tightening> TradeSearch::best(std::size_t looks_left) const {
  for (const Trade& trade : trades()) {
    if (auto step = carry_out(trade, looks_left)) return step;
    if (looks_left == 0) break;
  }
  return std::nullopt;
}

}  // namespace

void apply_moves(Forest& forest, Tenants& tenants, const std::vector<Move>& moves) {
  for (const Move& move : moves) forest.give_back(move.shape, move.from);
  for (const Move& move : moves) {
    forest.take(move.shape, move.to);
    tenants.move(move.tenant, move.from.slot, move.to);
  }
}

std::optional<Tightening> tighten(const Forest& forest, const Tenants& tenants, std::size_t most_looks) {
  return TradeSearch(forest, tenants).best(most_looks);
}

}  // namespace dure::placement
