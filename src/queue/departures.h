// Departures: which cards become free because the runs on them are stopping.
//
// Whoever was promised such a card and whose time has come waits for it instead of losing it: a stop takes
// seconds. Pure; a copy of the board.
#pragma once

#include <vector>

#include "placement/forest.h"

namespace dure::queue {

class Departures {
 public:
  explicit Departures(placement::Forest now) : now_(now), after_(std::move(now)) {}

  // A run that is stopping leaves these. REQUIRES: it is on them.
  void leaves(const placement::Shape& shape, const std::vector<placement::Spot>& spots);

  // True where replicas of that shape do not find room on these spots now, and will once all have left. Never
  // on a machine out of service.
  bool make_room(const placement::Shape& shape, const std::vector<placement::Spot>& spots) const;

 private:
  placement::Forest now_;
  placement::Forest after_;
};

}  // namespace dure::queue
