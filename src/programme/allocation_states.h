// States of an allocation (F3, F5, F6, H2, J1, L1; invariant 10).
// The table is the machine: what is not in it does not happen. Printed in docs/states.md.
#pragma once

#include "base/result.h"
#include "model/award.h"
#include "programme/state_table.h"

namespace dure::programme {

enum class AllocationEvent {
  kProvision,
  kActivate,
  kCancel,
  kBeginGrace,
  kSuspend,
  kReclaim,
  kEnd,
  kReduce,
  kNearEnd,
  kResume,
  kExtend,
  kSchedulePurge,
  kPurge
};

const StateTable<model::AllocationState, AllocationEvent>& allocation_states();

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}. Whether the guard holds
// is for the caller to see.
base::Result<model::AllocationState> next(model::AllocationState from, AllocationEvent event);

}  // namespace dure::programme

namespace dure::model {

DURE_ENUM(programme::AllocationEvent, DURE_NAME(kProvision, "provision"), DURE_NAME(kActivate, "activate"),
          DURE_NAME(kCancel, "cancel"), DURE_NAME(kBeginGrace, "begin_grace"), DURE_NAME(kSuspend, "suspend"),
          DURE_NAME(kReclaim, "reclaim"), DURE_NAME(kEnd, "end"), DURE_NAME(kReduce, "reduce"),
          DURE_NAME(kNearEnd, "near_end"), DURE_NAME(kResume, "resume"), DURE_NAME(kExtend, "extend"),
          DURE_NAME(kSchedulePurge, "schedule_purge"), DURE_NAME(kPurge, "purge"));

}  // namespace dure::model
