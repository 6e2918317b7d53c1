// The parts of a policy pack that screening and decisions read; what is charged by is in price_rules.h.
#pragma once

#include <string>

#include "policy/pack.h"
#include "programme/decision.h"
#include "programme/eligibility.h"

namespace dure::programme {

// `pool`: id of one of the pack's pools; "" = the first. An unknown one, or a pack without pools: a pool that
// binds nothing.
ScreeningRules screening_rules(const policy::Pack& pack, const std::string& pool = "");
DecisionLimits decision_limits(const policy::Pack& pack, const std::string& pool = "");

}  // namespace dure::programme
