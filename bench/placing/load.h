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
  virtual const std::vector<placement::Slot>& slots() const = 0;
};

std::unique_ptr<Kernel> forest_kernel(std::vector<placement::Slot> slots);
std::unique_ptr<Kernel> scan_kernel(std::vector<placement::Slot> slots);

// What is measured: something is decided after something else, at a level of fullness.
class Subject {
 public:
  virtual ~Subject() = default;
  // Draws what comes next. While the level would be passed, things drawn evenly end.
  virtual void make_room(std::int64_t level_permille) = 0;
  // Decides about it. REQUIRES: make_room() went before.
  virtual void decide() = 0;
  virtual std::int64_t used() const = 0;      // milli-GPU
  virtual std::int64_t decided() const = 0;   // so far
  virtual std::int64_t unplaced() const = 0;  // of those: found no place then
};

// A kernel alone: what fits nowhere is dropped.
class Churn : public Subject {
 public:
  // The shapes outlive this.
  Churn(std::unique_ptr<Kernel> kernel, const std::vector<placement::Shape>& shapes, std::int64_t capacity,
        std::uint64_t seed);
  // Goes on from where the other is. REQUIRES: all of that is placed in this kernel.
  Churn(std::unique_ptr<Kernel> kernel, const Churn& other);

  void make_room(std::int64_t level_permille) override;
  void decide() override;
  std::int64_t used() const override { return used_; }
  std::int64_t decided() const override { return placed_ + unplaced_; }
  std::int64_t unplaced() const override { return unplaced_; }
  const Kernel& kernel() const { return *kernel_; }

 private:
  struct Live {
    std::uint32_t shape;
    placement::Spot spot;
  };
  std::unique_ptr<Kernel> kernel_;
  const std::vector<placement::Shape>& shapes_;
  std::int64_t capacity_;
  simulate::Dice dice_;
  std::vector<Live> live_;
  std::uint32_t next_ = 0;
  std::int64_t used_ = 0;
  std::int64_t placed_ = 0;
  std::int64_t unplaced_ = 0;
};

}  // namespace dure::bench
