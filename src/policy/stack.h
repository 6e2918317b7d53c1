// Which layers may lie over which. Internal to policy.
#pragma once

#include <vector>

#include "policy/layer.h"
#include "policy/read_value.h"

namespace dure::policy {

// Refuses two layers of one kind (floors apart), and layers that say what they are written over (`over`)
// where it is not there, does not lie below them by its kind, or comes round to themselves.
void check_stack(const std::vector<Layer>& layers, Findings& findings);

}  // namespace dure::policy
