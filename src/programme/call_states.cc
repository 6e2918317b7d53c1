#include "programme/call_states.h"

namespace dure::programme {

const StateTable<model::CallState, CallEvent>& call_states() {
  using S = model::CallState;
  using E = CallEvent;
  static const StateTable<S, E> table{
      "call",
      S::kDraft,
      {S::kArchived},
      {
          {S::kDraft, E::kAnnounce, S::kAnnounced, "operator", ""},
          {S::kDraft, E::kArchive, S::kArchived, "operator", "state.needs_ground"},
          {S::kAnnounced, E::kOpen, S::kOpen, "rule", "state.time_passed"},
          {S::kAnnounced, E::kArchive, S::kArchived, "operator", "state.needs_ground"},
          {S::kOpen, E::kPlanEarlyClose, S::kClosingEarly, "operator", "state.needs_notice"},
          {S::kOpen, E::kClose, S::kClosed, "rule", "state.time_passed"},
          {S::kClosingEarly, E::kClose, S::kClosed, "rule", "state.time_passed"},
          {S::kClosed, E::kScreen, S::kScreening, "operator", ""},
          {S::kScreening, E::kEvaluate, S::kEvaluating, "operator", "state.all_before_decided"},
          {S::kScreening, E::kDecide, S::kDecided, "operator", "state.all_before_decided"},
          {S::kEvaluating, E::kDecide, S::kDecided, "panel", "state.needs_minutes"},
          {S::kDecided, E::kArchive, S::kArchived, "operator", ""},
      }};
  return table;
}

base::Result<model::CallState> next(model::CallState from, CallEvent event) {
  return next(call_states(), from, event);
}

}  // namespace dure::programme
