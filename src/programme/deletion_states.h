// States of the deletion of an account and its data (L1; invariant 17).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/closure.h"
#include "programme/state_table.h"

namespace dure::programme {

using model::DeletionJobState;
enum class DeletionJobEvent { kNotify, kCancel, kHold, kRun, kRelease, kFail, kVerify, kCertify };

const StateTable<DeletionJobState, DeletionJobEvent>& deletion_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<DeletionJobState> next(DeletionJobState from, DeletionJobEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::DeletionJobEvent, DURE_NAME(kNotify, "notify"), DURE_NAME(kCancel, "cancel"),
          DURE_NAME(kHold, "hold"), DURE_NAME(kRun, "run"), DURE_NAME(kRelease, "release"),
          DURE_NAME(kFail, "fail"), DURE_NAME(kVerify, "verify"), DURE_NAME(kCertify, "certify"));

}  // namespace dure::model
