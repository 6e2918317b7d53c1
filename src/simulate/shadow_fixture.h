// For tests of a whole centre: what its cards and owners hold, told from the actions alone.
//
// It shares nothing with the code under test but the plain values, and answers with what is wrong, in words;
// "" where nothing is.
#pragma once

#include <array>
#include <bit>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulate/month_fixture.h"

namespace dure::simulate {

class Shadow {
 public:
  explicit Shadow(const Centre& centre)
      : size_(centre.slots),
        slots_(centre.slots.size()),
        machine_(slots_.size()),
        held_(centre.quotas.size()) {
    for (std::size_t i = 0; i < slots_.size(); ++i) machine_[i] = i;
    for (const auto& [first, end] : centre.machines)
      for (std::size_t slot = first; slot < end; ++slot) machine_[slot] = first;
    for (std::size_t node = 0; node < held_.size(); ++node) {
      parent_.push_back(centre.quotas.parent(node));
      ceilings_.push_back(centre.quotas.ceiling(node));
    }
  }

  void set_service(std::size_t slot, bool in_service) { slots_[slot].in_service = in_service; }
  bool in_service(std::size_t slot) const { return slots_[slot].in_service; }
  void plan(std::size_t slot, base::Instant starts, base::Instant ends) {
    slots_[slot].windows.emplace_back(starts, ends);
  }
  void set_ceiling(std::size_t owner, const queue::Ceiling& ceiling) { ceilings_[owner] = ceiling; }

  std::string start(const queue::Job& job, const std::vector<placement::Spot>& spots, base::Instant now) {
    if (static_cast<std::int64_t>(spots.size()) != job.replicas) return "not all replicas have a place";
    std::set<std::size_t> slots;
    std::string wrong;
    for (const placement::Spot& spot : spots) {
      slots.insert(spot.slot);
      if (wrong.empty()) wrong = place(job, spot, now);
    }
    if (job.apart && slots.size() < spots.size()) wrong = "two replicas on one slot that shall be apart";
    hold(job, 1);
    return wrong;
  }
  void end(const queue::Job& job, const std::vector<placement::Spot>& spots) {
    for (const placement::Spot& spot : spots) change(job.shape, spot, -1);
    hold(job, -1);
  }

  // The lowest owner above (or at) the leaf that holds more than it may of something that the job takes, with
  // so much `beside`.
  std::optional<std::size_t> over(const queue::Job& job, const queue::Amount& beside = {}) const {
    for (std::size_t node = job.owner;; node = parent_[node]) {
      if (over_at(node, job.amount, beside)) return node;
      if (node == queue::Quotas::kRoot) return std::nullopt;
    }
  }
  bool over_at(std::size_t node, const queue::Amount& takes, const queue::Amount& beside) const {
    const queue::Ceiling& ceiling = ceilings_[node];
    const queue::Amount held = held_[node] + beside;
    return (takes.gpu.value > 0 && ceiling.gpu && held.gpu.value > ceiling.gpu->value) ||
           (takes.runs > 0 && ceiling.runs && held.runs > *ceiling.runs);
  }
  bool below(std::size_t node, std::size_t above) const {
    while (node != above && node != queue::Quotas::kRoot) node = parent_[node];
    return node == above;
  }

  // Where the board of the code under test says something else.
  std::string differs(const std::vector<placement::Slot>& board) const {
    for (std::size_t i = 0; i < board.size(); ++i) {
      const Used& machine = slots_[machine_[i]];
      if (board[i].cpu_milli != size_[i].cpu_milli - machine.cpu_milli ||
          board[i].memory != size_[i].memory - machine.memory)
        return "CPU or memory of slot " + std::to_string(i);
      for (std::size_t card = 0; card < static_cast<std::size_t>(size_[i].cards); ++card)
        if (board[i].free[card] != placement::kWholeCard - slots_[i].cards[card])
          return "card " + std::to_string(card) + " of slot " + std::to_string(i);
    }
    return "";
  }

 private:
  struct Used {
    std::array<std::int64_t, placement::kMostCardsOfSlot> cards{};
    std::int64_t cpu_milli = 0, memory = 0;  // of a machine: at its first slot
    bool in_service = true;
    std::vector<std::pair<base::Instant, base::Instant>> windows;
  };

  std::string place(const queue::Job& job, const placement::Spot& spot, base::Instant now) {
    const placement::Shape& shape = job.shape;
    const placement::Slot& size = size_[spot.slot];
    if (!slots_[spot.slot].in_service) return "on a slot out of service";
    if (shape.pool != placement::kAnyPool && shape.pool != size.pool) return "in another pool";
    if (shape.cards > 0 && shape.models != 0 && (shape.models >> size.model & 1) == 0) return "another model";
    if (std::popcount(spot.cards) != shape.cards) return "another number of cards";
    for (const auto& [starts, ends] : slots_[spot.slot].windows) {
      const bool over_before = job.time_limit < placement::kForever && now + job.time_limit <= starts;
      if (ends > now && !over_before) return "runs into a maintenance window";
    }
    change(shape, spot, 1);
    const Used& machine = slots_[machine_[spot.slot]];
    if (machine.cpu_milli > size.cpu_milli || machine.memory > size.memory) return "CPU or memory overdrawn";
    for (std::size_t card = 0; card < placement::kMostCardsOfSlot; ++card)
      if (slots_[spot.slot].cards[card] >
          (static_cast<std::int64_t>(card) < size.cards ? placement::kWholeCard : 0))
        return "a card overdrawn";
    return "";
  }
  void change(const placement::Shape& shape, const placement::Spot& spot, std::int64_t sign) {
    for (std::size_t card = 0; spot.cards >> card != 0; ++card)
      if ((spot.cards >> card & 1) != 0) slots_[spot.slot].cards[card] += sign * shape.milli_gpu;
    slots_[machine_[spot.slot]].cpu_milli += sign * shape.cpu_milli;
    slots_[machine_[spot.slot]].memory += sign * shape.memory;
  }
  void hold(const queue::Job& job, std::int64_t sign) {
    for (std::size_t node = job.owner;; node = parent_[node]) {
      held_[node] = sign > 0 ? held_[node] + job.amount : held_[node] - job.amount;
      if (node == queue::Quotas::kRoot) return;
    }
  }

  std::vector<placement::Slot> size_;
  std::vector<Used> slots_;
  std::vector<std::size_t> machine_;  // of each slot: its machine's first
  std::vector<queue::Amount> held_;
  std::vector<std::size_t> parent_;
  std::vector<queue::Ceiling> ceilings_;
};

}  // namespace dure::simulate
