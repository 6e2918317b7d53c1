// What bench/placement asks of the kernel: machines, shapes of requests, and what comes and goes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "placement/board.h"
#include "simulate/dice.h"

namespace dure::bench {

// Nodes of 8 cards of one model, 96 cores and 768 GiB.
std::vector<placement::Slot> equal_nodes(std::size_t count);

// So many different shapes, as shared centres see them: most ask for a part of a card from a menu (5 to 50
// blocks), the others for 1, 2, 4 or 8 whole ones, with 2 to 12 cores and 8 to 95 GiB a card.
std::vector<placement::Shape> draw_shapes(std::size_t count, simulate::Dice& dice);

// Milli-GPU of all cards.
std::int64_t capacity_of(const std::vector<placement::Slot>& slots);

// A way to place: Forest, or a look at every slot by the same rule.
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual std::optional<placement::Spot> find(const placement::Shape& shape) = 0;
  virtual void take(const placement::Shape& shape, const placement::Spot& spot) = 0;
  virtual void give_back(const placement::Shape& shape, const placement::Spot& spot) = 0;
};

std::unique_ptr<Kernel> forest_kernel(std::vector<placement::Slot> slots);
std::unique_ptr<Kernel> scan_kernel(std::vector<placement::Slot> slots);

// What is placed, and how full it is: fills up to a level, and then, with each step, ends things drawn evenly
// until what comes next stays below the level.
class Churn {
 public:
  Churn(Kernel& kernel, const std::vector<placement::Shape>& shapes, std::int64_t capacity,
        std::uint64_t seed);

  // What comes next. While the level would be passed, things drawn evenly end.
  std::uint32_t make_room(std::int64_t level_permille);
  // Places it, or finds that it fits nowhere. False where it does not.
  bool decide(std::uint32_t shape);
  bool below(std::int64_t level_permille) const { return used_ * 1000 < capacity_ * level_permille; }

  std::int64_t placed() const { return placed_; }
  std::int64_t refused() const { return refused_; }
  std::int64_t used() const { return used_; }

 private:
  struct Live {
    std::uint32_t shape;
    placement::Spot spot;
  };
  Kernel& kernel_;
  const std::vector<placement::Shape>& shapes_;
  std::int64_t capacity_;
  simulate::Dice dice_;
  std::vector<Live> live_;
  std::int64_t used_ = 0;
  std::int64_t placed_ = 0;
  std::int64_t refused_ = 0;
};

}  // namespace dure::bench
