// States of an award (F3; governance 5.3).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/award.h"
#include "programme/state_table.h"

namespace dure::programme {

enum class AwardEvent { kAccept, kDecline, kLapse, kTerminate, kAgree, kActivate, kComplete };

const StateTable<model::AwardState, AwardEvent>& award_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<model::AwardState> next(model::AwardState from, AwardEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::AwardEvent, DURE_NAME(kAccept, "accept"), DURE_NAME(kDecline, "decline"),
          DURE_NAME(kLapse, "lapse"), DURE_NAME(kTerminate, "terminate"), DURE_NAME(kAgree, "agree"),
          DURE_NAME(kActivate, "activate"), DURE_NAME(kComplete, "complete"));

}  // namespace dure::model
