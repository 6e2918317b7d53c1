// States of a suspicion of misuse (H6, P23): a person says what it is before anything that lasts follows.
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/sanction.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::IncidentState;
enum class IncidentEvent { kConfirm, kDismiss };

const StateTable<IncidentState, IncidentEvent>& incident_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}.
base::Result<IncidentState> next(IncidentState from, IncidentEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::IncidentEvent, DURE_NAME(kConfirm, "confirm"), DURE_NAME(kDismiss, "dismiss"));

}  // namespace dure::model
