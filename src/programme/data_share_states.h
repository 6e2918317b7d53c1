// States of the duty to share data (K5, K6): types in their order, each next one only where those before are
// impossible. The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/outcome.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::DataShareState;
enum class DataShareEvent { kPropose, kCheck, kGiveBack, kRegister, kExempt };

const StateTable<DataShareState, DataShareEvent>& data_share_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<DataShareState> next(DataShareState from, DataShareEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::DataShareEvent, DURE_NAME(kPropose, "propose"), DURE_NAME(kCheck, "check"),
          DURE_NAME(kGiveBack, "give_back"), DURE_NAME(kRegister, "register"), DURE_NAME(kExempt, "exempt"));

}  // namespace dure::model
