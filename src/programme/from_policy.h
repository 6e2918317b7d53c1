// The parts of a policy pack that screening and decisions read; what is charged by is in price_rules.h.
#pragma once

#include <string>

#include "policy/pack.h"
#include "programme/decision.h"
#include "programme/eligibility.h"

namespace dure::programme {

// Whether who applies in the track may have of the pool: of a track that names none, of any.
bool in_track(const policy::Pack& pack, const std::string& pool, const std::string& track);

// The id of the pool that an amount is of, where nobody names one: the first that offers it, else the first
// that has its model, or takes any; "" where none does. One rule for the API and for files (B6). Of a track
// that is of some pools only, among them.
std::string pool_with(const policy::Pack& pack, const model::ResourceAmount& amount,
                      const std::string& track = "");

// `pool`: id of one of the pack's pools; "" = the first. An unknown one, or a pack without pools: a pool that
// binds nothing.
// `track`: id of one of the call's tracks; "" = none. An unknown one: none.
ScreeningRules screening_rules(const policy::Pack& pack, const std::string& pool = "",
                               const std::string& track = "");
DecisionLimits decision_limits(const policy::Pack& pack, const std::string& pool = "");

}  // namespace dure::programme
