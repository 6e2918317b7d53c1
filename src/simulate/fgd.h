// FGD: fragmentation gradient descent (Weng et al., "Beware of Fragmentation", USENIX ATC '23), as its
// published simulator does it.
//
// A slot's fragmentation is the idle milli-GPU that a typical shape cannot use there, in the mean over the
// typical shapes: all that is idle where the shape does not fit at all (or wants no card), else what is idle
// on cards that have too little of it. The score is 100 / (1 + e^-d) cut to a whole number, d the
// fragmentation that goes away, in cards. The cut is part of the rule: with exact scores it places two points
// less. Inside of simulate.
#pragma once

#include "simulate/scored.h"

namespace dure::simulate {

class Fgd final : public Scored {
 public:
  // The most frequent of the typical shapes until 95 % of all are covered; memory is not looked at.
  Fgd(std::vector<placement::Slot> slots, const std::vector<placement::Shape>& typical);

 private:
  struct Class {
    placement::Shape shape;
    double share = 0;
  };
  Score score(std::size_t number, const placement::Shape& shape) override;
  double fragmentation(const placement::Slot& slot) const;

  std::vector<Class> classes_;
};

}  // namespace dure::simulate
