// States of a warning about idle use (H1).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/idle.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::IdleWarningState;
enum class IdleWarningEvent { kSignOfLife, kDismiss, kFallDue, kCarryOut, kWarnAgain, kLapse };

const StateTable<IdleWarningState, IdleWarningEvent>& idle_warning_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<IdleWarningState> next(IdleWarningState from, IdleWarningEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::IdleWarningEvent, DURE_NAME(kSignOfLife, "sign_of_life"), DURE_NAME(kDismiss, "dismiss"),
          DURE_NAME(kFallDue, "fall_due"), DURE_NAME(kCarryOut, "carry_out"),
          DURE_NAME(kWarnAgain, "warn_again"), DURE_NAME(kLapse, "lapse"));

}  // namespace dure::model
