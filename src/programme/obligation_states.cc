#include "programme/obligation_states.h"

namespace dure::programme {

const StateTable<model::ObligationState, ObligationEvent>& obligation_states() {
  using S = model::ObligationState;
  using E = ObligationEvent;
  static const StateTable<S, E> table{
      "obligation",
      S::kScheduled,
      {S::kAccepted},
      {
          {S::kScheduled, E::kFallDue, S::kDue, "rule", "state.time_passed"},
          {S::kScheduled, E::kSubmit, S::kSubmitted, "applicant", ""},
          {S::kDue, E::kSubmit, S::kSubmitted, "applicant", ""},
          {S::kDue, E::kPass, S::kOverdue, "rule", "state.time_passed"},
          // An outage that is given back moves the end, and what hangs on it (F6).
          {S::kDue, E::kMove, S::kScheduled, "rule", ""},
          {S::kOverdue, E::kMove, S::kDue, "rule", ""},
          {S::kReturned, E::kSubmit, S::kSubmitted, "applicant", ""},
          {S::kReturned, E::kPass, S::kOverdue, "rule", "state.time_passed"},
          {S::kOverdue, E::kSubmit, S::kSubmitted, "applicant", ""},
          {S::kOverdue, E::kEscalate, S::kEscalated, "operator", "state.needs_notice"},
          {S::kEscalated, E::kSubmit, S::kSubmitted, "applicant", ""},
          {S::kSubmitted, E::kAccept, S::kAccepted, "operator", "state.finds_evidence"},
          {S::kSubmitted, E::kGiveBack, S::kReturned, "operator", "state.needs_ground"},
      }};
  return table;
}

base::Result<model::ObligationState> next(model::ObligationState from, ObligationEvent event) {
  return next(obligation_states(), from, event);
}

}  // namespace dure::programme
