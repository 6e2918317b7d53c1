#include "programme/waitlist_states.h"

namespace dure::programme {

const StateTable<WaitlistEntryState, WaitlistEntryEvent>& waitlist_states() {
  using S = WaitlistEntryState;
  using E = WaitlistEntryEvent;
  static const StateTable<S, E> table{
      "waitlist_entry",
      S::kQueued,
      {S::kExpired, S::kWithdrawn, S::kFulfilled},
      {
          {S::kQueued, E::kOffer, S::kOffered, "operator", "state.needs_capacity"},
          {S::kQueued, E::kExpire, S::kExpired, "rule", "state.time_passed"},
          {S::kQueued, E::kWithdraw, S::kWithdrawn, "applicant", ""},
          {S::kOffered, E::kAccept, S::kAccepted, "applicant", "state.within_time"},
          {S::kOffered, E::kExpire, S::kExpired, "rule", "state.time_passed"},
          {S::kOffered, E::kWithdraw, S::kWithdrawn, "applicant", ""},
          {S::kAccepted, E::kFulfil, S::kFulfilled, "rule", ""},
          {S::kAccepted, E::kWithdraw, S::kWithdrawn, "applicant", ""},
      }};
  return table;
}

base::Result<WaitlistEntryState> next(WaitlistEntryState from, WaitlistEntryEvent event) {
  return next(waitlist_states(), from, event);
}

}  // namespace dure::programme
