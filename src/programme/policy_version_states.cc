#include "programme/policy_version_states.h"

namespace dure::programme {

const StateTable<PolicyVersionState, PolicyVersionEvent>& policy_version_states() {
  using S = PolicyVersionState;
  using E = PolicyVersionEvent;
  static const StateTable<S, E> table{
      "policy_version",
      S::kDraft,
      {S::kSuperseded, S::kEnded},
      {
          {S::kDraft, E::kValidate, S::kValidated, "rule", ""},
          {S::kValidated, E::kEdit, S::kDraft, "operator", ""},
          {S::kValidated, E::kApprove, S::kApproved, "operator", "state.second_person"},
          {S::kApproved, E::kTakeEffect, S::kEffective, "rule", "state.time_passed"},
          {S::kApproved, E::kSupersede, S::kSuperseded, "rule", ""},
          {S::kEffective, E::kSupersede, S::kSuperseded, "rule", ""},
          {S::kEffective, E::kEnd, S::kEnded, "operator", "state.needs_ground"},
      }};
  return table;
}

base::Result<PolicyVersionState> next(PolicyVersionState from, PolicyVersionEvent event) {
  return next(policy_version_states(), from, event);
}

}  // namespace dure::programme
