// States of a version of a programme's policy (M3, M7). Nothing of it changes once it is approved.
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "programme/state_table.h"

namespace dure::programme {

enum class PolicyVersionState { kDraft, kValidated, kApproved, kEffective, kSuperseded, kEnded };
enum class PolicyVersionEvent { kValidate, kEdit, kApprove, kTakeEffect, kSupersede, kEnd };

const StateTable<PolicyVersionState, PolicyVersionEvent>& policy_version_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<PolicyVersionState> next(PolicyVersionState from, PolicyVersionEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::PolicyVersionState, DURE_NAME(kDraft, "draft"), DURE_NAME(kValidated, "validated"),
          DURE_NAME(kApproved, "approved"), DURE_NAME(kEffective, "effective"),
          DURE_NAME(kSuperseded, "superseded"), DURE_NAME(kEnded, "ended"));
DURE_ENUM(programme::PolicyVersionEvent, DURE_NAME(kValidate, "validate"), DURE_NAME(kEdit, "edit"),
          DURE_NAME(kApprove, "approve"), DURE_NAME(kTakeEffect, "take_effect"),
          DURE_NAME(kSupersede, "supersede"), DURE_NAME(kEnd, "end"));

}  // namespace dure::model
