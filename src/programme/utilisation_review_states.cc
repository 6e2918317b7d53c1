#include "programme/utilisation_review_states.h"

namespace dure::programme {

const StateTable<UtilisationReviewState, UtilisationReviewEvent>& utilisation_review_states() {
  using S = UtilisationReviewState;
  using E = UtilisationReviewEvent;
  static const StateTable<S, E> table{
      "utilisation_review",
      S::kScheduled,
      {S::kApplied},
      {
          {S::kScheduled, E::kMeasure, S::kMeasured, "rule", "state.time_passed"},
          {S::kMeasured, E::kPropose, S::kProposed, "operator", ""},
          {S::kProposed, E::kNotify, S::kNoticed, "operator", ""},
          {S::kProposed, E::kDecide, S::kDecided, "operator", "state.burdens_nobody"},
          {S::kNoticed, E::kHear, S::kOpinion, "operator", ""},
          {S::kNoticed, E::kDecide, S::kDecided, "operator", "state.needs_time_for_opinion"},
          {S::kOpinion, E::kDecide, S::kDecided, "operator", "state.needs_ground"},
          {S::kDecided, E::kApply, S::kApplied, "rule", "state.time_passed"},
      }};
  return table;
}

base::Result<UtilisationReviewState> next(UtilisationReviewState from, UtilisationReviewEvent event) {
  return next(utilisation_review_states(), from, event);
}

}  // namespace dure::programme
