// The simpler of the published rules, as the study of FGD describes them. Inside of simulate.
#pragma once

#include <set>

#include "simulate/dice.h"
#include "simulate/scored.h"

namespace dure::simulate {

// Any slot that fits; of a card's parts, any card that fits.
class RandomRule final : public Rule {
 public:
  RandomRule(std::vector<placement::Slot> slots, std::uint64_t seed)
      : slots_(std::move(slots)), dice_(seed) {}
  std::optional<placement::Spot> choose(const placement::Shape& shape) override;
  void take(const placement::Shape& shape, const placement::Spot& spot) override;

 private:
  std::vector<placement::Slot> slots_;
  Dice dice_;
};

// The slot with the least left afterwards: half of the weight on CPU (in machines of 128 cores), half on
// cards (of 8).
class BestFit final : public Scored {
 public:
  using Scored::Scored;

 private:
  Score score(std::size_t number, const placement::Shape& shape) override;
};

// The slot whose free resources point least in the direction of what is asked.
class DotProduct final : public Scored {
 public:
  using Scored::Scored;

 private:
  Score score(std::size_t number, const placement::Shape& shape) override;
};

// Cards that are shared already before free cards of machines in use before free machines.
class Packing final : public Scored {
 public:
  using Scored::Scored;

 private:
  Score score(std::size_t number, const placement::Shape& shape) override;
};

// Tasks of a class (so many cards, or a part of one) together.
class Clustering final : public Scored {
 public:
  explicit Clustering(const std::vector<placement::Slot>& slots);

 private:
  Score score(std::size_t number, const placement::Shape& shape) override;
  void placed(std::size_t number, const placement::Shape& shape) override;

  std::vector<std::set<std::int64_t>> classes_;  // of what is on each slot
};

}  // namespace dure::simulate
