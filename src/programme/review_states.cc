#include "programme/review_states.h"

namespace dure::programme {

const StateTable<ReviewState, ReviewEvent>& review_states() {
  using S = ReviewState;
  using E = ReviewEvent;
  static const StateTable<S, E> table{
      "review",
      S::kAssigned,
      {S::kDeclined, S::kLocked},
      {
          {S::kAssigned, E::kAccept, S::kAccepted, "reviewer", "state.no_open_conflict"},
          {S::kAssigned, E::kDecline, S::kDeclined, "reviewer", ""},
          {S::kAssigned, E::kFindConflict, S::kConflicted, "rule", ""},
          {S::kAccepted, E::kStart, S::kInProgress, "reviewer", ""},
          {S::kAccepted, E::kDecline, S::kDeclined, "reviewer", "state.needs_ground"},
          {S::kAccepted, E::kFindConflict, S::kConflicted, "rule", ""},
          {S::kInProgress, E::kDecline, S::kDeclined, "reviewer", "state.needs_ground"},
          {S::kInProgress, E::kSubmit, S::kSubmitted, "reviewer", "state.scores_complete"},
          {S::kInProgress, E::kFindConflict, S::kConflicted, "rule", ""},
          {S::kSubmitted, E::kFindConflict, S::kConflicted, "rule", ""},
          {S::kSubmitted, E::kLock, S::kLocked, "chair", ""},
          {S::kConflicted, E::kWaive, S::kAssigned, "chair", "state.needs_ground"},
          {S::kConflicted, E::kRecuse, S::kDeclined, "chair", ""},
          {S::kLocked, E::kReopen, S::kInProgress, "chair", "state.needs_ground"},
      }};
  return table;
}

base::Result<ReviewState> next(ReviewState from, ReviewEvent event) {
  return next(review_states(), from, event);
}

}  // namespace dure::programme
