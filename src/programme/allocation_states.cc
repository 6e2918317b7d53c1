#include "programme/allocation_states.h"

namespace dure::programme {

const StateTable<model::AllocationState, AllocationEvent>& allocation_states() {
  using S = model::AllocationState;
  using E = AllocationEvent;
  static const StateTable<S, E> table{
      "allocation",
      S::kPlanned,
      {S::kPurged},
      {
          {S::kPlanned, E::kProvision, S::kProvisioning, "operator", "state.needs_capacity"},
          {S::kPlanned, E::kActivate, S::kActive, "rule", "state.time_passed"},
          {S::kPlanned, E::kCancel, S::kEnded, "operator", "state.needs_ground"},
          {S::kProvisioning, E::kBeginGrace, S::kSetupGrace, "rule", "state.time_passed"},
          {S::kProvisioning, E::kActivate, S::kActive, "rule", "state.time_passed"},
          {S::kProvisioning, E::kCancel, S::kEnded, "operator", "state.needs_ground"},
          {S::kSetupGrace, E::kActivate, S::kActive, "rule", "state.needs_training"},
          {S::kSetupGrace, E::kSuspend, S::kSuspended, "operator", "state.needs_ground"},
          {S::kSetupGrace, E::kReclaim, S::kReclaimed, "operator", "state.needs_notice"},
          {S::kSetupGrace, E::kEnd, S::kEnded, "rule", "state.time_passed"},
          {S::kActive, E::kReduce, S::kActive, "operator", "state.needs_notice"},
          {S::kActive, E::kSuspend, S::kSuspended, "operator", "state.needs_ground"},
          {S::kActive, E::kReclaim, S::kReclaimed, "operator", "state.needs_notice"},
          {S::kActive, E::kNearEnd, S::kEnding, "rule", "state.time_passed"},
          {S::kActive, E::kEnd, S::kEnded, "rule", "state.time_passed"},
          {S::kSuspended, E::kResume, S::kActive, "operator", "state.needs_ground"},
          {S::kSuspended, E::kBeginGrace, S::kSetupGrace, "operator", "state.needs_ground"},
          {S::kSuspended, E::kReclaim, S::kReclaimed, "operator", "state.needs_notice"},
          {S::kSuspended, E::kEnd, S::kEnded, "rule", "state.time_passed"},
          {S::kEnding, E::kExtend, S::kActive, "operator", ""},
          {S::kEnding, E::kSuspend, S::kSuspended, "operator", "state.needs_ground"},
          {S::kEnding, E::kReclaim, S::kReclaimed, "operator", "state.needs_notice"},
          {S::kEnding, E::kEnd, S::kEnded, "rule", "state.time_passed"},
          {S::kReclaimed, E::kEnd, S::kEnded, "rule", ""},
          {S::kEnded, E::kExtend, S::kActive, "rule", ""},
          {S::kEnded, E::kSchedulePurge, S::kPurgeDue, "rule", ""},
          {S::kPurgeDue, E::kPurge, S::kPurged, "rule", "state.no_hold"},
      }};
  return table;
}

base::Result<model::AllocationState> next(model::AllocationState from, AllocationEvent event) {
  return next(allocation_states(), from, event);
}

}  // namespace dure::programme
