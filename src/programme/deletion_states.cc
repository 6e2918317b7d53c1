#include "programme/deletion_states.h"

namespace dure::programme {

const StateTable<DeletionJobState, DeletionJobEvent>& deletion_states() {
  using S = DeletionJobState;
  using E = DeletionJobEvent;
  static const StateTable<S, E> table{
      "deletion_job",
      S::kScheduled,
      {S::kCertified, S::kCancelled},
      {
          {S::kScheduled, E::kNotify, S::kNoticed, "rule", ""},
          {S::kScheduled, E::kCancel, S::kCancelled, "rule", "state.needs_ground"},
          {S::kNoticed, E::kHold, S::kHeld, "operator", "state.needs_ground"},
          {S::kNoticed, E::kRun, S::kRunning, "rule", "state.time_passed"},
          {S::kNoticed, E::kCancel, S::kCancelled, "rule", "state.needs_ground"},
          {S::kHeld, E::kRelease, S::kNoticed, "operator", "state.needs_ground"},
          {S::kRunning, E::kFail, S::kNoticed, "rule", ""},
          {S::kRunning, E::kVerify, S::kVerified, "rule", "state.nothing_readable"},
          {S::kVerified, E::kCertify, S::kCertified, "rule", ""},
      }};
  return table;
}

base::Result<DeletionJobState> next(DeletionJobState from, DeletionJobEvent event) {
  return next(deletion_states(), from, event);
}

}  // namespace dure::programme
