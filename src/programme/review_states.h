// States of one reviewer's review of one application (E1, E14; invariants 4 and 5).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/review_state.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::ReviewState;
enum class ReviewEvent { kAccept, kDecline, kFindConflict, kStart, kSubmit, kLock, kWaive, kRecuse, kReopen };

const StateTable<ReviewState, ReviewEvent>& review_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<ReviewState> next(ReviewState from, ReviewEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::ReviewEvent, DURE_NAME(kAccept, "accept"), DURE_NAME(kDecline, "decline"),
          DURE_NAME(kFindConflict, "find_conflict"), DURE_NAME(kStart, "start"), DURE_NAME(kSubmit, "submit"),
          DURE_NAME(kLock, "lock"), DURE_NAME(kWaive, "waive"), DURE_NAME(kRecuse, "recuse"),
          DURE_NAME(kReopen, "reopen"));

}  // namespace dure::model
