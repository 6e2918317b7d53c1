#include "programme/incident_states.h"

namespace dure::programme {

const StateTable<IncidentState, IncidentEvent>& incident_states() {
  using S = IncidentState;
  using E = IncidentEvent;
  static const StateTable<S, E> table{
      "incident",
      S::kOpen,
      {S::kConfirmed, S::kFalseAlarm},
      {
          {S::kOpen, E::kConfirm, S::kConfirmed, "operator", "state.needs_ground"},
          {S::kOpen, E::kDismiss, S::kFalseAlarm, "operator", "state.needs_ground"},
      }};
  return table;
}

base::Result<IncidentState> next(IncidentState from, IncidentEvent event) {
  return next(incident_states(), from, event);
}

}  // namespace dure::programme
