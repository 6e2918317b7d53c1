// Values of a merged pack that contradict each other. Internal to policy.
#pragma once

#include "policy/pack.h"
#include "policy/read_value.h"

namespace dure::policy {

// One finding per contradiction; each reason names its key.
void check_consistency(const Pack& pack, Findings& findings);

}  // namespace dure::policy
