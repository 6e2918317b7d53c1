// States of an entry of the waiting list (F7).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/waiting.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::WaitlistEntryState;
enum class WaitlistEntryEvent { kOffer, kExpire, kWithdraw, kAccept, kFulfil };

const StateTable<WaitlistEntryState, WaitlistEntryEvent>& waitlist_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<WaitlistEntryState> next(WaitlistEntryState from, WaitlistEntryEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::WaitlistEntryEvent, DURE_NAME(kOffer, "offer"), DURE_NAME(kExpire, "expire"),
          DURE_NAME(kWithdraw, "withdraw"), DURE_NAME(kAccept, "accept"), DURE_NAME(kFulfil, "fulfil"));

}  // namespace dure::model
