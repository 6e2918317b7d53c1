#include "programme/sanction_states.h"

namespace dure::programme {

const StateTable<SanctionState, SanctionEvent>& sanction_states() {
  using S = SanctionState;
  using E = SanctionEvent;
  static const StateTable<S, E> table{
      "sanction",
      S::kReported,
      {S::kDismissed, S::kReversed, S::kExpired},
      {
          {S::kReported, E::kInvestigate, S::kInvestigating, "operator", ""},
          {S::kReported, E::kDismiss, S::kDismissed, "operator", "state.needs_ground"},
          {S::kInvestigating, E::kSuspend, S::kInterimSuspension, "operator", "state.urgent"},
          {S::kInvestigating, E::kNotify, S::kNoticed, "operator", ""},
          {S::kInvestigating, E::kDismiss, S::kDismissed, "operator", "state.needs_ground"},
          {S::kInterimSuspension, E::kNotify, S::kNoticed, "operator", ""},
          {S::kInterimSuspension, E::kImpose, S::kImposed, "operator", "state.urgent"},
          {S::kInterimSuspension, E::kDismiss, S::kDismissed, "operator", "state.needs_ground"},
          {S::kNoticed, E::kOpenOpinions, S::kOpinionPeriod, "rule", ""},
          {S::kOpinionPeriod, E::kDeliberate, S::kDeliberated, "panel", "state.needs_time_for_opinion"},
          {S::kDeliberated, E::kImpose, S::kImposed, "panel", "state.needs_minutes"},
          {S::kDeliberated, E::kDismiss, S::kDismissed, "panel", "state.needs_minutes"},
          {S::kImposed, E::kAppeal, S::kAppealed, "applicant", "state.within_time"},
          {S::kImposed, E::kExpire, S::kExpired, "rule", "state.time_passed"},
          {S::kAppealed, E::kUphold, S::kUpheld, "panel", "state.needs_minutes"},
          {S::kAppealed, E::kReverse, S::kReversed, "panel", "state.needs_minutes"},
          {S::kUpheld, E::kExpire, S::kExpired, "rule", "state.time_passed"},
      }};
  return table;
}

base::Result<SanctionState> next(SanctionState from, SanctionEvent event) {
  return next(sanction_states(), from, event);
}

}  // namespace dure::programme
