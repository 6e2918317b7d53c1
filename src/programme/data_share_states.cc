#include "programme/data_share_states.h"

namespace dure::programme {

const StateTable<DataShareState, DataShareEvent>& data_share_states() {
  using S = DataShareState;
  using E = DataShareEvent;
  static const StateTable<S, E> table{
      "data_share",
      S::kDue,
      {S::kRegistered, S::kExempted},
      {
          {S::kDue, E::kPropose, S::kProposed, "applicant", "state.lesser_types_impossible"},
          {S::kProposed, E::kCheck, S::kChecked, "operator", "state.finds_evidence"},
          {S::kProposed, E::kGiveBack, S::kDue, "operator", "state.needs_ground"},
          {S::kChecked, E::kRegister, S::kRegistered, "applicant", ""},
          {S::kChecked, E::kExempt, S::kExempted, "operator", "state.needs_ground"},
          {S::kChecked, E::kGiveBack, S::kDue, "operator", "state.needs_ground"},
      }};
  return table;
}

base::Result<DataShareState> next(DataShareState from, DataShareEvent event) {
  return next(data_share_states(), from, event);
}

}  // namespace dure::programme
