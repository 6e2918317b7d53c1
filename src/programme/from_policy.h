// The parts of a policy pack that the rules of this folder read.
#pragma once

#include <string>

#include "model/application.h"
#include "policy/pack.h"
#include "programme/decision.h"
#include "programme/eligibility.h"
#include "programme/rating.h"

namespace dure::programme {

// `pool`: id of one of the pack's pools; "" = the first. An unknown one, or a pack without pools: a pool that
// binds nothing.
ScreeningRules screening_rules(const policy::Pack& pack, const std::string& pool = "");
DecisionLimits decision_limits(const policy::Pack& pack, const std::string& pool = "");

// Prices, and those factors of the pack whose conditions hold for this applicant, in the pack's order.
PriceRules price_rules(const policy::Billing& billing, const std::string& free_source,
                       const model::Form1& form, const Facts& facts);

}  // namespace dure::programme
