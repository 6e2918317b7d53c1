// Bonuses and priorities (E6, E7, D15): as a person granted them, else as the pack's conditions say. Internal
// to selection.
#pragma once

#include "selection/candidate.h"
#include "selection/rules.h"

namespace dure::selection {

// Fills in bonuses, bonus, bonus_uncapped, priorities and priority. A claim that a person decided stands as
// decided. Else the conditions are read on the application's facts; where a fact is missing they do not hold,
// and the finding says which.
void find_claims(const model::SelectionRequest& request, const SelectionRules& rules, Candidate& candidate);

}  // namespace dure::selection
