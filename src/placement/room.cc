#include "placement/room.h"

#include <algorithm>
#include <array>
#include <map>

namespace dure::placement {
namespace {

// Tenants without whom the slot takes the shape.
struct Candidate {
  std::size_t slot = 0;
  std::size_t count = 0;
  std::int64_t moved = 0;                         // milli-GPU
  std::array<std::size_t, kMostMoves> tenants{};  // by their place on the slot

  void add(std::size_t place, const Shape& shape) {
    tenants[count++] = place;
    moved += shape.total_milli_gpu();
  }
};

Slot slot_without(const Slot& slot, const Tenant& tenant) {
  Slot rest = slot;
  give_back(rest, tenant.shape, tenant.spot.cards);
  return rest;
}

// Whether the slot would take the shape without that tenant. Most are refused for their CPU and memory,
// without a copy of the slot.
bool fits_without(const Slot& slot, const Tenant& tenant, const Shape& shape) {
  return slot.cpu_milli + tenant.shape.cpu_milli >= shape.cpu_milli &&
         slot.memory + tenant.shape.memory >= shape.memory && fits(slot_without(slot, tenant), shape);
}

void fewest_moves_first(std::vector<Candidate>& list) {
  std::ranges::stable_sort(list, {}, [](const Candidate& each) { return std::pair(each.count, each.moved); });
}

class RoomSearch {
 public:
  RoomSearch(Forest& forest, const Tenants& tenants, const Shape& shape, std::size_t most_tries)
      : forest_(forest), tenants_(tenants), shape_(shape), tries_left_(most_tries) {}

  std::optional<Room> by_one();
  std::optional<Room> by_some_of_one_slot(std::size_t most_moves);
  std::optional<Room> by_one_for_another();

 private:
  const Slot& slot(std::size_t number) const { return forest_.slots()[number]; }
  const Tenant& tenant(const Candidate& candidate, std::size_t i = 0) const {
    return tenants_.on(candidate.slot)[candidate.tenants[i]];
  }
  bool could_take(std::size_t number, const Shape& shape) const {
    return forest_.in_service(number) && slot(number).mig == 0 && model_fits(slot(number), shape);
  }
  // Slots that could take the shape without one tenant, or without some that have a part of a card.
  std::vector<Candidate> singles(const Shape& shape) const;
  std::vector<Candidate> groups(std::size_t most_moves);
  std::optional<Candidate> group_on(std::size_t number, std::size_t most_moves);
  std::vector<Candidate> clearings(std::size_t number, std::size_t most_moves);
  std::vector<std::size_t> who_could_go(std::size_t number);
  struct Exchange {
    Candidate candidate;
    Shape out;  // of its tenant
    bool fits_somewhere = false;
  };
  const std::vector<Exchange>& exchanges(const Shape& shape);
  bool fits_somewhere(const Shape& shape);
  bool one_more_try() {
    if (tries_left_ == 0) return false;
    --tries_left_;
    return true;
  }

  Move take_off(const Tenant& tenant);
  void put_back(const std::vector<Move>& moves);
  bool settle(std::vector<Move>& moves, std::size_t from);
  std::optional<Room> attempt(const Candidate& candidate);
  std::optional<Room> attempt_chain(const Candidate& first, const Candidate& second);

  Forest& forest_;
  const Tenants& tenants_;
  const Shape& shape_;
  std::size_t tries_left_;
  std::map<Shape, std::vector<Exchange>> exchanges_;
  std::map<Shape, bool> fits_;
};

std::vector<Candidate> RoomSearch::singles(const Shape& shape) const {
  std::vector<Candidate> found;
  for (std::size_t number = 0; number < forest_.slots().size(); ++number) {
    if (!could_take(number, shape)) continue;
    const auto here = tenants_.on(number);
    for (std::size_t i = 0; i < here.size(); ++i)
      if (here[i].movable && fits_without(slot(number), here[i], shape))
        found.push_back({number, 1, here[i].shape.total_milli_gpu(), {i}});
  }
  fewest_moves_first(found);
  return found;
}

// Tenants with a part of a card that would find a place as things are, the largest first.
std::vector<std::size_t> RoomSearch::who_could_go(std::size_t number) {
  const auto here = tenants_.on(number);
  std::vector<std::size_t> going;
  for (std::size_t i = 0; i < here.size(); ++i)
    if (here[i].movable && here[i].shape.part_of_card() && fits_somewhere(here[i].shape)) going.push_back(i);
  std::stable_sort(going.begin(), going.end(), [&](std::size_t a, std::size_t b) {
    return here[a].shape.milli_gpu > here[b].shape.milli_gpu;
  });
  return going;
}

// Of each card that the shape could then have: who would leave it, the larger first. Fewest first.
std::vector<Candidate> RoomSearch::clearings(std::size_t number, std::size_t most_moves) {
  const auto here = tenants_.on(number);
  const std::vector<std::size_t> going = who_could_go(number);
  std::vector<Candidate> found;
  for (std::size_t card = 0; card < static_cast<std::size_t>(slot(number).cards); ++card) {
    Candidate one{.slot = number};
    std::int64_t free = slot(number).free[card];
    for (const std::size_t i : going) {
      if (free >= shape_.milli_gpu || one.count == most_moves) break;
      if ((here[i].spot.cards >> card & 1) == 0) continue;
      one.add(i, here[i].shape);
      free += here[i].shape.milli_gpu;
    }
    if (free >= shape_.milli_gpu) found.push_back(one);
  }
  fewest_moves_first(found);
  return found;
}

// The cards that take the fewest moves. The CPU has to be there with their tenants' leaving.
std::optional<Candidate> RoomSearch::group_on(std::size_t number, std::size_t most_moves) {
  const auto by_card = clearings(number, most_moves);
  if (static_cast<std::int64_t>(by_card.size()) < shape_.cards) return std::nullopt;
  Candidate all{.slot = number};
  Slot rest = slot(number);
  for (std::int64_t card = 0; card < shape_.cards; ++card) {
    const Candidate& one = by_card[static_cast<std::size_t>(card)];
    if (all.count + one.count > most_moves) return std::nullopt;
    for (std::size_t i = 0; i < one.count; ++i) {
      const Tenant& leaver = tenant(one, i);
      all.add(one.tenants[i], leaver.shape);
      give_back(rest, leaver.shape, leaver.spot.cards);
    }
  }
  if (all.count < 2 || !fits(rest, shape_)) return std::nullopt;  // one alone was tried before
  return all;
}

std::vector<Candidate> RoomSearch::groups(std::size_t most_moves) {
  std::vector<Candidate> found;
  for (std::size_t number = 0; number < forest_.slots().size(); ++number) {
    if (!could_take(number, shape_)) continue;
    if (const auto group = group_on(number, most_moves)) found.push_back(*group);
  }
  fewest_moves_first(found);
  return found;
}

// Of the slots that could take the shape without a tenant, two for each shape of tenant: whether that tenant
// then finds a place depends on little else.
const std::vector<RoomSearch::Exchange>& RoomSearch::exchanges(const Shape& shape) {
  const auto [found, fresh] = exchanges_.try_emplace(shape);
  if (!fresh) return found->second;
  std::map<Shape, std::size_t> count;
  for (const Candidate& each : singles(shape)) {
    const Shape& out = tenant(each).shape;
    if (++count[out] <= 2) found->second.push_back({each, out, fits_somewhere(out)});
  }
  return found->second;
}

bool RoomSearch::fits_somewhere(const Shape& shape) {
  const auto [found, fresh] = fits_.try_emplace(shape, false);
  if (fresh) found->second = forest_.find(shape).has_value();
  return found->second;
}

Move RoomSearch::take_off(const Tenant& tenant) {
  forest_.give_back(tenant.shape, tenant.spot);
  return {tenant.id, tenant.shape, tenant.spot, {}};
}

void RoomSearch::put_back(const std::vector<Move>& moves) {
  for (const Move& move : moves) forest_.take(move.shape, move.from);
}

// Finds each of the moves from that one on its place; the forest is as before. False where one has none.
bool RoomSearch::settle(std::vector<Move>& moves, std::size_t from) {
  std::size_t done = from;
  for (; done < moves.size(); ++done) {
    const auto spot = forest_.find(moves[done].shape);
    if (!spot) break;
    moves[done].to = *spot;
    forest_.take(moves[done].shape, *spot);
  }
  const bool all = done == moves.size();
  while (done-- > from) forest_.give_back(moves[done].shape, moves[done].to);
  return all;
}

// The larger tenant finds its place first.
std::optional<Room> RoomSearch::attempt(const Candidate& candidate) {
  Room room;
  for (std::size_t i = 0; i < candidate.count; ++i) room.moves.push_back(take_off(tenant(candidate, i)));
  std::stable_sort(room.moves.begin(), room.moves.end(), [](const Move& a, const Move& b) {
    return a.shape.total_milli_gpu() > b.shape.total_milli_gpu();
  });
  room.spot = {candidate.slot, tightest_cards(slot(candidate.slot), shape_)};
  forest_.take(shape_, room.spot);
  const bool settled = settle(room.moves, 0);
  forest_.give_back(shape_, room.spot);
  put_back(room.moves);
  if (!settled) return std::nullopt;
  return room;
}

// The first tenant goes where the second is, and the second wherever it fits. REQUIRES: other slots. Those of
// one machine share its CPU and memory, of which the shape has taken some by then.
std::optional<Room> RoomSearch::attempt_chain(const Candidate& first, const Candidate& second) {
  Room room;
  room.moves = {take_off(tenant(first)), take_off(tenant(second))};
  Move& in = room.moves.front();
  room.spot = {first.slot, tightest_cards(slot(first.slot), shape_)};
  forest_.take(shape_, room.spot);
  bool settled = fits(slot(second.slot), in.shape);
  if (settled) {
    in.to = {second.slot, tightest_cards(slot(second.slot), in.shape)};
    forest_.take(in.shape, in.to);
    settled = settle(room.moves, 1);
    forest_.give_back(in.shape, in.to);
  }
  forest_.give_back(shape_, room.spot);
  put_back(room.moves);
  if (!settled) return std::nullopt;
  return room;
}

std::optional<Room> RoomSearch::by_one() {
  for (const Candidate& each : singles(shape_)) {
    if (!one_more_try()) return std::nullopt;
    if (auto room = attempt(each)) return room;
  }
  return std::nullopt;
}

std::optional<Room> RoomSearch::by_some_of_one_slot(std::size_t most_moves) {
  for (const Candidate& each : groups(most_moves)) {
    if (!one_more_try()) return std::nullopt;
    if (auto room = attempt(each)) return room;
  }
  return std::nullopt;
}

std::optional<Room> RoomSearch::by_one_for_another() {
  for (const Candidate& first : singles(shape_)) {
    const Tenant& out = tenant(first);
    Slot after = slot_without(slot(first.slot), out);
    take(after, shape_, tightest_cards(after, shape_));
    for (const Exchange& second : exchanges(out.shape)) {
      if (second.candidate.slot == first.slot || (!second.fits_somewhere && !fits(after, second.out)))
        continue;
      if (!one_more_try()) return std::nullopt;
      if (auto room = attempt_chain(first, second.candidate)) return room;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Room> make_room(Forest& forest, const Tenants& tenants, const Shape& shape,
                              const RoomEffort& effort) {
  if (shape.cards == 0 || effort.most_moves == 0) return std::nullopt;
  RoomSearch search(forest, tenants, shape, effort.most_tries);
  auto room = search.by_one();
  if (room || effort.most_moves == 1) return room;
  room = search.by_one_for_another();
  if (!room) room = search.by_some_of_one_slot(std::min(effort.most_moves, kMostMoves));
  return room;
}

}  // namespace dure::placement
