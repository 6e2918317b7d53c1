// The state of a node that reports.
#pragma once

#include "model/machine.h"

namespace dure::fleet {

// What a node that is heard is: draining where an operator wants it so, whether it was lost in between or
// not.
inline model::NodeState serving_state(const model::Node& node) {
  return node.drain ? model::NodeState::kDraining : model::NodeState::kReady;
}

}  // namespace dure::fleet
