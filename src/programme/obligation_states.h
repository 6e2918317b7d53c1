// States of what is owed to the centre: reports, notices of outcomes (K1, K2, J4).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/award.h"
#include "programme/state_table.h"

namespace dure::programme {

enum class ObligationEvent { kFallDue, kSubmit, kPass, kMove, kEscalate, kAccept, kGiveBack };

const StateTable<model::ObligationState, ObligationEvent>& obligation_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<model::ObligationState> next(model::ObligationState from, ObligationEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::ObligationEvent, DURE_NAME(kFallDue, "fall_due"), DURE_NAME(kSubmit, "submit"),
          DURE_NAME(kPass, "pass"), DURE_NAME(kMove, "move"), DURE_NAME(kEscalate, "escalate"),
          DURE_NAME(kAccept, "accept"), DURE_NAME(kGiveBack, "give_back"));

}  // namespace dure::model
