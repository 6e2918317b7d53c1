// Small boards with a topology at random, and how many replicas fit on their machines by trying everything,
// written without the code under test. For tests.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "placement/forest.h"
#include "placement/topology.h"

namespace dure::placement {

// Where one replica could go on a machine, and what it would take there.
struct NaiveSpot {
  std::size_t slot = 0;
  std::uint32_t cards = 0;
};

// The most replicas that fit on one machine: at each spot in turn it tries one more there, and none more.
class NaiveMachine {
 public:
  NaiveMachine(const Forest& forest, const Forest::Machine& machine, const Shape& shape) : shape_(shape) {
    slots_ = {forest.slots().begin() + static_cast<std::ptrdiff_t>(machine.first),
              forest.slots().begin() + static_cast<std::ptrdiff_t>(machine.second)};
    cpu_ = slots_.front().cpu_milli;
    memory_ = slots_.front().memory;
    for (std::size_t slot = 0; slot < slots_.size(); ++slot)
      if (forest.in_service(machine.first + slot)) list(slot);
  }

  std::int64_t most(std::size_t from = 0) {
    if (from == spots_.size()) return 0;
    std::int64_t best = most(from + 1);
    const NaiveSpot spot = spots_[from];
    if (!has_room(spot)) return best;
    change(spot, 1);
    best = std::max(best, 1 + most(from));
    change(spot, -1);
    return best;
  }

 private:
  void list(std::size_t number) {
    const Slot& slot = slots_[number];
    if (shape_.pool >= 0 && shape_.pool != slot.pool) return;
    if (shape_.cards == 0) return spots_.push_back({number, 0});
    if ((shape_.forms & slot.forms) == 0) return;
    if (shape_.models != 0 && (shape_.models & (1U << slot.model)) == 0) return;
    for (std::uint32_t cards = 0; cards < 1U << slot.cards; ++cards)
      if (std::popcount(cards) == shape_.cards && (cards & slot.closed) == 0)
        spots_.push_back({number, cards});
  }
  std::int64_t card_memory(const Slot& slot, std::size_t card) const {
    if (!slot.counts_card_memory) return 0;
    return shape_.card_memory > 0 ? shape_.card_memory : slot.card_memory[card] * shape_.milli_gpu / 1000;
  }
  bool has_room(const NaiveSpot& spot) const {
    if (cpu_ < shape_.cpu_milli || memory_ < shape_.memory) return false;
    const Slot& slot = slots_[spot.slot];
    for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card)
      if ((spot.cards >> card & 1) != 0 &&
          (slot.free[card] < shape_.milli_gpu || slot.free_memory[card] < card_memory(slot, card)))
        return false;
    return true;
  }
  void change(const NaiveSpot& spot, std::int64_t sign) {
    cpu_ -= sign * shape_.cpu_milli;
    memory_ -= sign * shape_.memory;
    Slot& slot = slots_[spot.slot];
    for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card) {
      if ((spot.cards >> card & 1) == 0) continue;
      slot.free[card] = static_cast<std::int16_t>(slot.free[card] - sign * shape_.milli_gpu);
      slot.free_memory[card] -= sign * card_memory(slot, card);
    }
  }

  Shape shape_;
  std::vector<Slot> slots_;
  std::int64_t cpu_ = 0;
  std::int64_t memory_ = 0;
  std::vector<NaiveSpot> spots_;
};

// The same for all machines of a stretch of the board.
inline std::int64_t most_within(const Forest& forest, const Domain& domain, const Shape& shape, bool apart) {
  std::int64_t sum = 0;
  for (std::size_t slot = domain.first; slot < domain.end; slot = forest.machine_of(slot).second) {
    const std::int64_t most = NaiveMachine(forest, forest.machine_of(slot), shape).most();
    sum += apart ? std::min<std::int64_t>(most, 1) : most;
  }
  return sum;
}

struct Grounds {
  Forest forest;
  Topology topology;
};

// A slot of at most three cards of which some are partly taken, some closed; from(first, last) draws a whole
// number.
template <class From>
Slot some_slot(const From& from) {
  Slot slot;
  slot.model = from(0, 2);
  slot.cards = from(0, 3);
  slot.pool = static_cast<std::int16_t>(from(0, 7) == 0);
  slot.forms = static_cast<std::uint8_t>(from(0, 5) == 0 ? from(1, 2) : kInAnyForm);
  if (from(0, 5) == 0) slot.closed = static_cast<std::uint32_t>(from(0, 7));
  slot.counts_card_memory = from(0, 1) == 0;
  for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card) {
    slot.free[card] = static_cast<std::int16_t>(from(0, 2) == 0 ? from(0, 10) * 100 : kWholeCard);
    if (!slot.counts_card_memory) continue;
    slot.card_memory[card] = from(1, 9) * 1'111;
    slot.free_memory[card] =
        slot.free[card] == kWholeCard ? slot.card_memory[card] : from(0, slot.card_memory[card]);
  }
  return slot;
}

// One to seven machines, some of two slots, in at most three leaves and islands within and outside of them.
template <class From>
Grounds some_grounds(const From& from) {
  std::vector<Path> paths(static_cast<std::size_t>(from(1, 7)));
  const bool by_machine = from(0, 1) == 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    paths[i] = {from(-1, 2), from(-1, 1)};
    if (by_machine) paths[i].push_back(static_cast<std::int64_t>(i));
  }
  std::vector<Path> of_slots;
  std::vector<Slot> slots;
  std::vector<Forest::Machine> machines;
  for (const std::size_t machine : in_order(paths)) {
    const std::size_t first = slots.size();
    const std::int64_t cpu = from(1, 9) * 1'000;
    const std::int64_t memory = from(1, 9) * 100;
    for (std::int64_t i = from(0, 2) == 0 ? 2 : 1; i > 0; --i) {
      slots.push_back(some_slot(from));
      slots.back().cpu_milli = cpu;
      slots.back().memory = memory;
      of_slots.push_back(paths[machine]);
    }
    machines.emplace_back(first, slots.size());
  }
  Grounds grounds{Forest(slots), Topology(of_slots)};
  grounds.forest.join_machines(machines);
  for (std::size_t slot = 0; slot < slots.size(); ++slot)
    if (from(0, 9) == 0) grounds.forest.set_service(slot, false);
  return grounds;
}

template <class From>
Shape some_shape(const From& from) {
  Shape shape{from(0, 3) * 1'000, from(0, 3) * 100, 0, 0, 0};
  const std::int64_t kind = from(0, 9);
  if (kind == 0) shape.cpu_milli += 1'000;  // or it would fit without end
  if (kind > 0) shape.cards = kind >= 8 ? from(2, 3) : 1;
  if (kind > 0) shape.milli_gpu = kind < 5 ? from(3, 10) * 100 : kWholeCard;
  if (shape.cards > 0 && from(0, 1) == 0) shape.models = static_cast<std::uint64_t>(from(1, 7));
  if (from(0, 5) == 0) shape.pool = static_cast<std::int16_t>(from(0, 1));
  if (from(0, 5) == 0) shape.forms = static_cast<std::uint8_t>(from(1, 2));
  if (shape.cards == 1 && from(0, 4) == 0) shape.card_memory = from(1, 4'000);
  return shape;
}

}  // namespace dure::placement
