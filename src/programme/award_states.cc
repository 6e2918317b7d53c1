#include "programme/award_states.h"

namespace dure::programme {

const StateTable<model::AwardState, AwardEvent>& award_states() {
  using S = model::AwardState;
  using E = AwardEvent;
  static const StateTable<S, E> table{
      "award",
      S::kOffered,
      {S::kCompleted, S::kLapsed, S::kDeclined, S::kTerminated},
      {
          {S::kOffered, E::kAccept, S::kAccepted, "applicant", "state.within_time"},
          {S::kOffered, E::kDecline, S::kDeclined, "applicant", ""},
          {S::kOffered, E::kLapse, S::kLapsed, "rule", "state.time_passed"},
          {S::kOffered, E::kTerminate, S::kTerminated, "operator", "state.needs_ground"},
          {S::kAccepted, E::kAgree, S::kAgreed, "operator", "state.needs_agreement"},
          {S::kAccepted, E::kActivate, S::kActive, "operator", "state.needs_capacity"},
          {S::kAccepted, E::kDecline, S::kDeclined, "applicant", ""},
          {S::kAccepted, E::kTerminate, S::kTerminated, "operator", "state.needs_ground"},
          {S::kAgreed, E::kActivate, S::kActive, "operator", "state.needs_capacity"},
          {S::kAgreed, E::kTerminate, S::kTerminated, "operator", "state.needs_ground"},
          {S::kActive, E::kComplete, S::kCompleted, "rule", "state.time_passed"},
          {S::kActive, E::kTerminate, S::kTerminated, "operator", "state.needs_notice"},
      }};
  return table;
}

base::Result<model::AwardState> next(model::AwardState from, AwardEvent event) {
  return next(award_states(), from, event);
}

}  // namespace dure::programme
