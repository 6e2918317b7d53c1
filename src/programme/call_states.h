// States of a call (B2, B3). A rolling call stays open while its rounds run.
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/programme.h"
#include "programme/state_table.h"

namespace dure::programme {

enum class CallEvent { kAnnounce, kArchive, kOpen, kPlanEarlyClose, kClose, kScreen, kEvaluate, kDecide };

const StateTable<model::CallState, CallEvent>& call_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<model::CallState> next(model::CallState from, CallEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::CallEvent, DURE_NAME(kAnnounce, "announce"), DURE_NAME(kArchive, "archive"),
          DURE_NAME(kOpen, "open"), DURE_NAME(kPlanEarlyClose, "plan_early_close"),
          DURE_NAME(kClose, "close"), DURE_NAME(kScreen, "screen"), DURE_NAME(kEvaluate, "evaluate"),
          DURE_NAME(kDecide, "decide"));

}  // namespace dure::model
