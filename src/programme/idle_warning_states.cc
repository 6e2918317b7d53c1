#include "programme/idle_warning_states.h"

namespace dure::programme {

const StateTable<IdleWarningState, IdleWarningEvent>& idle_warning_states() {
  using S = IdleWarningState;
  using E = IdleWarningEvent;
  static const StateTable<S, E> table{
      "idle_warning",
      S::kWarned,
      {S::kEnded, S::kCarriedOut, S::kLapsed},
      {
          {S::kWarned, E::kSignOfLife, S::kEnded, "rule", ""},
          {S::kWarned, E::kDismiss, S::kEnded, "operator", "state.needs_ground"},
          {S::kWarned, E::kFallDue, S::kDue, "rule", "state.time_passed"},
          {S::kWarned, E::kCarryOut, S::kCarriedOut, "rule", "state.needs_notice"},
          {S::kWarned, E::kWarnAgain, S::kWarned, "rule", ""},
          {S::kWarned, E::kLapse, S::kLapsed, "rule", ""},
          {S::kDue, E::kSignOfLife, S::kEnded, "rule", ""},
          {S::kDue, E::kDismiss, S::kEnded, "operator", "state.needs_ground"},
          {S::kDue, E::kCarryOut, S::kCarriedOut, "operator", "state.needs_ground"},
          {S::kDue, E::kLapse, S::kLapsed, "rule", ""},
      }};
  return table;
}

base::Result<IdleWarningState> next(IdleWarningState from, IdleWarningEvent event) {
  return next(idle_warning_states(), from, event);
}

}  // namespace dure::programme
