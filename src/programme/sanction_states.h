// States of a sanction (J1 to J6; governance 3.2 R17).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "programme/state_table.h"

namespace dure::programme {

enum class SanctionState {
  kReported,
  kInvestigating,
  kInterimSuspension,
  kNoticed,
  kOpinionPeriod,
  kDeliberated,
  kImposed,
  kDismissed,
  kAppealed,
  kUpheld,
  kReversed,
  kExpired
};
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

DURE_ENUM(programme::SanctionState, DURE_NAME(kReported, "reported"),
          DURE_NAME(kInvestigating, "investigating"), DURE_NAME(kInterimSuspension, "interim_suspension"),
          DURE_NAME(kNoticed, "noticed"), DURE_NAME(kOpinionPeriod, "opinion_period"),
          DURE_NAME(kDeliberated, "deliberated"), DURE_NAME(kImposed, "imposed"),
          DURE_NAME(kDismissed, "dismissed"), DURE_NAME(kAppealed, "appealed"), DURE_NAME(kUpheld, "upheld"),
          DURE_NAME(kReversed, "reversed"), DURE_NAME(kExpired, "expired"));
DURE_ENUM(programme::SanctionEvent, DURE_NAME(kInvestigate, "investigate"), DURE_NAME(kDismiss, "dismiss"),
          DURE_NAME(kSuspend, "suspend"), DURE_NAME(kNotify, "notify"), DURE_NAME(kImpose, "impose"),
          DURE_NAME(kOpenOpinions, "open_opinions"), DURE_NAME(kDeliberate, "deliberate"),
          DURE_NAME(kAppeal, "appeal"), DURE_NAME(kExpire, "expire"), DURE_NAME(kUphold, "uphold"),
          DURE_NAME(kReverse, "reverse"));

}  // namespace dure::model
