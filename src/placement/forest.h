// Forest: where a shape goes by the rule of stranded.h, without looking at every slot.
//
// For each pool, model of card and form stands a complete binary tree over its slots, in the order of the
// board. Each node
// of a tree knows the most that any slot below it has of each thing (milli-GPU on one card, whole cards, CPU,
// memory) and the least and greatest slack. Branch and bound from the left: a subtree in which something
// asked for is nowhere to be had, or whose best possible cost is no better than what was found, is passed
// over. The answer is exact: the same slot that a look at all of them would choose. Asking for a set of
// models looks at the trees of the set.
//
// Slots of one machine (`machines`) share its CPU and memory: what one of them takes the others have less.
// What wants no card goes to machines without cards first.
//
// Cards in MIG mode stand in trees of their own, and are looked at where no other slot will do: first the
// instances that are there anyway, then those that a card is split for, by what that loses (mig_cards.h).
//
// An update costs the depth of one tree for each slot of the machine. Single-threaded; the owner of the board
// owns it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "placement/board.h"
#include "placement/mig_cards.h"
#include "placement/stranded.h"

namespace dure::placement {

class Forest {
 public:
  // `most_slope`: slope_for() lowers it where CPU is scarce.
  explicit Forest(std::vector<Slot> slots, std::int64_t most_slope = kSlopeMilliCpu);
  // Each range, first to last, is the slots of one machine; a slot that is in none is a machine by itself.
  using Machine = std::pair<std::size_t, std::size_t>;  // first, one beyond the last
  void join_machines(const std::vector<Machine>& machines);
  // The slots of the slot's machine.
  Machine machine_of(std::size_t slot) const { return machine_[slot]; }

  const std::vector<Slot>& slots() const { return slots_; }
  // By which the slots of that slot's pool are compared now.
  std::int64_t slope_at(std::size_t slot) const { return pools_[trees_[place_[slot].first].in].slope; }

  // The best spot, or nothing where no slot fits.
  std::optional<Spot> find(const Shape& shape) const;
  // The same among the slots for which `may` says yes. It is asked only of slots that would else be chosen.
  std::optional<Spot> find_where(const Shape& shape, const std::function<bool(std::size_t)>& may) const;
  // The same among the slots of that range.
  std::optional<Spot> find_within(const Shape& shape, std::size_t first, std::size_t end) const;

  // The cards of the shape's pool, models and form, but for those in MIG mode, each counted once under the
  // first word that is true of it, whatever CPU and memory there is beside it.
  struct Counts {
    std::int64_t looked_at = 0;       // all of them
    std::int64_t out_of_service = 0;  // with their slot
    std::int64_t closed = 0;
    std::int64_t busy = 0;     // too little of it is free
    std::int64_t too_few = 0;  // whole, but too few on its slot
    std::int64_t fit = 0;
    bool operator==(const Counts&) const = default;
  };
  // Costs the number of trees, not of slots. REQUIRES: cards > 0, milli_gpu a multiple of kOneBlock,
  // card_memory 0.
  Counts counts(const Shape& shape) const;
  // What is free for shapes of that pool, models and form: blocks of cards, or whole cards of slots. Costs
  // the number of trees. REQUIRES: cards > 0.
  struct Free {
    std::int64_t sum = 0;
    std::int64_t largest = 0;  // on one card, or on one slot
    void add(std::int64_t amount, std::int64_t count) {
      sum += amount * count;
      if (count > 0) largest = std::max(largest, amount);
    }
    bool operator==(const Free&) const = default;
  };
  Free free_blocks_of(const Shape& shape) const;
  Free whole_cards_of(const Shape& shape) const;
  // How many cards of the slot have room for the part of a card, or are whole.
  std::int64_t cards_with_room(std::size_t slot, const Shape& shape) const;
  // Every slot that fits the shape, until `each` says no. Passes over subtrees that have too little of
  // something; a machine that is several slots may come several times.
  void each_fit(const Shape& shape, const std::function<bool(std::size_t)>& each) const;
  // The most memory that a slot has whose cards fit the shape, whatever CPU it has; 0 where none does.
  std::int64_t most_memory(const Shape& shape) const;

  // The shape is asked for: where it names models, their cards become dearer for those that name none; and
  // the slopes follow what is free now. Goes before find(). forget(): it is asked for no more.
  void ask(const Shape& shape);
  void forget(const Shape& shape);

  // REQUIRES: it fits there.
  void take(const Shape& shape, const Spot& spot);
  void give_back(const Shape& shape, const Spot& spot);
  // A slot out of service fits nothing until it is back; what is on it stays.
  void set_service(std::size_t slot, bool in_service);
  bool in_service(std::size_t slot) const { return in_service_[slot]; }
  // What the slot has now, whatever was taken there before. REQUIRES: pool, model and forms are as they were.
  void set(std::size_t slot, const Slot& now);

 private:
  // What a subtree has at most, and between which bounds its slack lies.
  struct Extent {
    std::int64_t cpu_milli = -1;
    std::int64_t memory = -1;
    std::int16_t largest = -1;
    std::int16_t whole = -1;
    Slack least = 0;
    Slack greatest = 0;
  };
  // The cards of a tree, as counts() wants them; kept with every change.
  struct Census {
    std::array<std::int32_t, kWholeCard / kOneBlock + 1>
        by_blocks{};  // in service, by the blocks they have free
    std::array<std::int32_t, kMostCardsOfSlot + 1> slots_by_whole{};  // in service, by their whole cards
    std::int64_t closed = 0;
    std::int64_t out_of_service = 0;
  };
  // What the slots of a pool that have cards, and are in service, have together.
  struct Pool {
    std::int16_t pool = 0;
    std::int64_t cpu_milli = 0;  // of each machine once
    std::int64_t idle = 0;       // milli-GPU
    std::int64_t slope = 0;
  };
  struct Tree {
    std::int64_t model = 0;
    std::int16_t pool = 0;
    std::size_t in = 0;  // into pools_
    std::uint8_t forms = kInAnyForm;
    bool without_cards = false;
    std::uint8_t mig = 0;
    std::int64_t cards = 0;
    std::int64_t asked_millionths = 0;  // asked for by name, in millionths of its cards
    std::vector<std::size_t> slots;     // ascending
    std::size_t width = 1;              // leaves, a power of two
    std::vector<Extent> nodes;          // 1 is the root; the children of i are 2i and 2i + 1
    Census census;
    MigCards mig_cards;  // where they are in MIG mode
  };
  // What is looked for, where, and the best so far.
  struct Search {
    const Shape& shape;
    std::size_t from;
    std::size_t end;
    Slack growth = 0;  // of the shape, in the tree that is looked at
    Slack toll = 0;    // of that tree
    Slack cost = 0;
    std::size_t slot = 0;
    bool found = false;
    const std::function<bool(std::size_t)>* may = nullptr;  // nullptr: all of them
  };

  static bool may_fit(const Extent& extent, const Shape& shape);
  static Slack bound(const Extent& extent, Slack growth) {
    return cost_of(growth >= 0 ? extent.least : extent.greatest, growth);
  }
  Extent extent_of(std::size_t slot) const;
  static Extent join(const Extent& a, const Extent& b);
  void refresh(std::size_t slot);
  std::size_t pool_of(std::int16_t pool);
  void count_supply(std::size_t slot, std::int64_t sign);
  void count_machine(std::size_t slot, std::int64_t sign);
  void grow(Tree& tree) const;
  void set_slope(std::size_t pool, std::int64_t slope);
  void adapt();
  void count_cards(std::size_t slot, std::uint32_t cards, std::int32_t sign);
  void count_slot(std::size_t slot, std::int32_t sign);
  bool visit(const Tree& tree, std::size_t node, const Shape& shape,
             const std::function<bool(std::size_t)>& each) const;
  void look_for_memory(const Tree& tree, std::size_t node, const Shape& shape, std::int64_t& most) const;
  void share(const Shape& shape, std::size_t slot, std::int64_t sign);
  void count_asked(const Shape& shape, std::int64_t sign);
  Slack toll(const Tree& tree, const Shape& shape) const;
  bool may_hold(const Tree& tree, const Shape& shape) const;
  void descend(const Tree& tree, std::size_t node, std::size_t first, std::size_t width,
               Search& search) const;
  std::optional<Spot> best(Search search) const;
  void look(Search& search, bool without_cards) const;
  void look_at_mig_cards(Search& search) const;

  std::int64_t most_slope_;
  std::vector<Slot> slots_;
  std::vector<bool> in_service_;
  std::vector<Pool> pools_;
  std::vector<Tree> trees_;
  std::vector<std::pair<std::size_t, std::size_t>> place_;  // of each slot: its tree, its leaf
  std::vector<Machine> machine_;                            // of each slot
};

}  // namespace dure::placement
