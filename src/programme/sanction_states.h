// States of a sanction (J1 to J6; governance 3.2 R17).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/sanction.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::SanctionState;
enum class SanctionEvent {
  kInvestigate,
  kDismiss,
  kSuspend,
  kNotify,
  kImpose,
  kOpenOpinions,
  kDeliberate,
  kAppeal,
  kExpire,
  kUphold,
  kReverse
};

const StateTable<SanctionState, SanctionEvent>& sanction_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<SanctionState> next(SanctionState from, SanctionEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::SanctionEvent, DURE_NAME(kInvestigate, "investigate"), DURE_NAME(kDismiss, "dismiss"),
          DURE_NAME(kSuspend, "suspend"), DURE_NAME(kNotify, "notify"), DURE_NAME(kImpose, "impose"),
          DURE_NAME(kOpenOpinions, "open_opinions"), DURE_NAME(kDeliberate, "deliberate"),
          DURE_NAME(kAppeal, "appeal"), DURE_NAME(kExpire, "expire"), DURE_NAME(kUphold, "uphold"),
          DURE_NAME(kReverse, "reverse"));

}  // namespace dure::model
