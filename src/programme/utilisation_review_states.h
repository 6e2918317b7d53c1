// States of a review of use (H2 to H5; invariant 10).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/use_review.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::UtilisationReviewState;
enum class UtilisationReviewEvent { kMeasure, kPropose, kNotify, kDecide, kHear, kApply };

const StateTable<UtilisationReviewState, UtilisationReviewEvent>& utilisation_review_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<UtilisationReviewState> next(UtilisationReviewState from, UtilisationReviewEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::UtilisationReviewEvent, DURE_NAME(kMeasure, "measure"), DURE_NAME(kPropose, "propose"),
          DURE_NAME(kNotify, "notify"), DURE_NAME(kDecide, "decide"), DURE_NAME(kHear, "hear"),
          DURE_NAME(kApply, "apply"));

}  // namespace dure::model
