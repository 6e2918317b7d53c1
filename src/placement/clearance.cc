#include "placement/clearance.h"

#include <algorithm>

#include "base/result.h"
#include "placement/count.h"

namespace dure::placement {

Clearance::Clearance(const Forest& forest, std::span<const Victim> victims, const Asked& asked)
    : forest_(forest), asked_(asked), slots_(forest.slots()), stopped_(victims.size(), false) {
  std::vector<std::size_t> machine_of(slots_.size());
  for (std::size_t slot = 0; slot < slots_.size(); slot = machines_.back().end) {
    const Forest::Machine range = forest.machine_of(slot);
    for (std::size_t i = range.first; i < range.second; ++i) machine_of[i] = machines_.size();
    machines_.push_back({range.first, range.second, 0, {}});
  }
  for (std::size_t victim = 0; victim < victims.size(); ++victim)
    divide(victim, victims[victim].replicas, machine_of);
  first_piece_.push_back(pieces_.size());
  for (const Piece& piece : pieces_) machines_[piece.machine].pieces.push_back(&piece);
  for (std::size_t machine = 0; machine < machines_.size(); ++machine)
    fitting_ += machines_[machine].fitting = count(machine);
}

void Clearance::divide(std::size_t victim, std::span<const Placed> replicas,
                       const std::vector<std::size_t>& machine_of) {
  first_piece_.push_back(pieces_.size());
  for (const Placed& replica : replicas) {
    const std::size_t machine = machine_of[replica.spot.slot];
    const auto its = std::find_if(pieces_.begin() + static_cast<std::ptrdiff_t>(first_piece_.back()),
                                  pieces_.end(), [&](const Piece& each) { return each.machine == machine; });
    if (its == pieces_.end())
      pieces_.push_back({victim, machine, {replica}});
    else
      its->replicas.push_back(replica);
  }
}

std::span<const Piece> Clearance::pieces_of(std::size_t victim) const {
  return std::span(pieces_).subspan(first_piece_[victim], first_piece_[victim + 1] - first_piece_[victim]);
}

std::int64_t Clearance::count(std::size_t number) const {
  const Machine& machine = machines_[number];
  return count_on_machine(forest_, slots_, {machine.first, machine.end}, asked_.shape, most_on_a_machine());
}

// What the other slots of the machine have more, or less, of CPU and memory.
void Clearance::share(const Machine& machine, const Placed& replica, std::int64_t sign) {
  for (std::size_t slot = machine.first; slot < machine.end; ++slot) {
    if (slot == replica.spot.slot) continue;
    slots_[slot].cpu_milli += sign * replica.shape.cpu_milli;
    slots_[slot].memory += sign * replica.shape.memory;
  }
}

void Clearance::lift(const Piece& piece) {
  for (const Placed& replica : piece.replicas) {
    give_back(slots_[replica.spot.slot], replica.shape, replica.spot.cards);
    share(machines_[piece.machine], replica, 1);
  }
}

void Clearance::lower(const Piece& piece) {
  for (const Placed& replica : piece.replicas) {
    take(slots_[replica.spot.slot], replica.shape, replica.spot.cards);
    share(machines_[piece.machine], replica, -1);
  }
}

void Clearance::recount(std::size_t victim) {
  for (const Piece& piece : pieces_of(victim)) {
    Machine& machine = machines_[piece.machine];
    fitting_ -= machine.fitting;
    machine.fitting = count(piece.machine);
    fitting_ += machine.fitting;
  }
}

void Clearance::stop(std::size_t victim) {
  DURE_ASSERT(!stopped_[victim]);
  stopped_[victim] = true;
  for (const Piece& piece : pieces_of(victim)) lift(piece);
  recount(victim);
}

void Clearance::resume(std::size_t victim) {
  DURE_ASSERT(stopped_[victim]);
  stopped_[victim] = false;
  for (const Piece& piece : pieces_of(victim)) lower(piece);
  recount(victim);
}

// No more are left than fit the machine, so that its CPU and memory are there for all of them.
void Clearance::put_on(const Machine& machine, std::int64_t left, std::vector<Spot>& spots) const {
  std::vector<Slot> rest(slots_.begin() + static_cast<std::ptrdiff_t>(machine.first),
                         slots_.begin() + static_cast<std::ptrdiff_t>(machine.end));
  std::size_t slot = machine.first;
  for (Slot& here : rest) {
    while (left > 0 && forest_.in_service(slot) && fits(here, asked_.shape)) {
      spots.push_back({slot, tightest_cards(here, asked_.shape)});
      take(here, asked_.shape, spots.back().cards);
      --left;
    }
    ++slot;
  }
}

std::vector<Spot> Clearance::spots() const {
  std::vector<Spot> found;
  for (const Machine& machine : machines_)
    put_on(machine, std::min(machine.fitting, asked_.replicas - static_cast<std::int64_t>(found.size())),
           found);
  DURE_ASSERT(static_cast<std::int64_t>(found.size()) == asked_.replicas);
  return found;
}

}  // namespace dure::placement
