// Placed: what holds a place, and where.
#pragma once

#include "placement/board.h"

namespace dure::placement {

struct Placed {
  Shape shape;
  Spot spot;
  bool operator==(const Placed&) const = default;
};

}  // namespace dure::placement
