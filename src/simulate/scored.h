// Scored: a rule that gives each slot a score by itself and takes the highest; among equals the first.
//
// Scores are kept by shape until the slot changes, so that a choice reads one number for each slot. Inside of
// simulate.
#pragma once

#include <map>

#include "simulate/rule.h"

namespace dure::simulate {

class Scored : public Rule {
 public:
  explicit Scored(std::vector<placement::Slot> slots);

  std::optional<placement::Spot> choose(const placement::Shape& shape) final;
  void take(const placement::Shape& shape, const placement::Spot& spot) final;

 protected:
  struct Score {
    std::int64_t value = 0;
    std::uint32_t cards = 0;
  };
  // REQUIRES: the shape fits the slot of that number.
  virtual Score score(std::size_t number, const placement::Shape& shape) = 0;
  // After something was placed there.
  virtual void placed(std::size_t /*number*/, const placement::Shape& /*shape*/) {}

  const placement::Slot& slot(std::size_t number) const { return slots_[number]; }

 private:
  struct Kept {
    std::uint32_t version = 0;  // of the slot, from 1; 0: never looked at
    bool fits = false;
    Score score;
  };

  std::vector<placement::Slot> slots_;
  std::vector<std::uint32_t> versions_;
  std::map<placement::Shape, std::vector<Kept>> kept_;
};

}  // namespace dure::simulate
