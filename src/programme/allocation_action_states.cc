#include "programme/allocation_action_states.h"

namespace dure::programme {

const StateTable<AllocationActionState, AllocationActionEvent>& allocation_action_states() {
  using S = AllocationActionState;
  using E = AllocationActionEvent;
  static const StateTable<S, E> table{
      "allocation_action",
      S::kRequested,
      {S::kRejected, S::kApplied, S::kWithdrawn},
      {
          {S::kRequested, E::kCheck, S::kChecked, "rule", ""},
          {S::kRequested, E::kReject, S::kRejected, "operator", "state.needs_ground"},
          {S::kRequested, E::kWithdraw, S::kWithdrawn, "applicant", ""},
          {S::kChecked, E::kApprove, S::kApproved, "operator", "state.needs_capacity"},
          {S::kChecked, E::kReject, S::kRejected, "operator", "state.needs_ground"},
          {S::kChecked, E::kWithdraw, S::kWithdrawn, "applicant", ""},
          {S::kApproved, E::kApply, S::kApplied, "rule", "state.time_passed"},
          {S::kApproved, E::kReject, S::kRejected, "operator", "state.needs_ground"},
      }};
  return table;
}

base::Result<AllocationActionState> next(AllocationActionState from, AllocationActionEvent event) {
  return next(allocation_action_states(), from, event);
}

}  // namespace dure::programme
