// Tracks, bonuses and priorities (E6, E7, E8, D15): as a person granted them, else as the pack's conditions
// say. Internal to selection.
#pragma once

#include "selection/candidate.h"
#include "selection/rules.h"

namespace dure::selection {

// Fills in what the facts say of the rules of its track (C4, E8): one that holds is enough. Where none can
// hold, the application has no part in the track's share; where it cannot be told, the screening stands.
// Nothing where the track has no rules, or no facts are given.
void find_track(const model::SelectionRequest& request, const SelectionRules& rules, Candidate& candidate);

// Fills in bonuses, bonus, bonus_uncapped, priorities and priority. A claim that a person decided stands as
// decided. Else the conditions are read on the application's facts; where a fact is missing they do not hold,
// and the finding says which.
void find_claims(const model::SelectionRequest& request, const SelectionRules& rules, Candidate& candidate);

}  // namespace dure::selection
