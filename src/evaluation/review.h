// One reviewer's review of one application: what may be done with it, and what its points may be (E2, E10;
// invariants 4, 5 and 7; programme/review_states.h).
//
// Each function changes the review or refuses and leaves it. Refusals of the state: (kConflict)
// "state.not_from_this_state". All that reads or writes points refuses (kNotAllowed)
// "evaluation.conflict_open" while the reviewer has a conflict of interest that is unresolved or for which he
// stood back. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"
#include "evaluation/conflicts.h"
#include "model/evaluation_requests.h"
#include "selection/rules.h"

namespace dure::evaluation {

base::Status accept(model::Review& review, const Conflicts& conflicts);
// (kInvalid) "evaluation.ground_missing" without a ground.
base::Status decline(model::Review& review, const std::string& ground);
base::Status start(model::Review& review, const Conflicts& conflicts);

// Puts down what the reviewer finds so far, or all of it and hands it in. `requested`: by the application, in
// the pool's unit. Refuses (kInvalid) "evaluation.scores_wrong" {count} with one detail for each fault:
// "evaluation.criterion_unknown" {criterion, criteria}, "evaluation.criterion_twice" {criterion},
// "evaluation.points_above" {criterion, centi_points, most}, "evaluation.items_wrong" {criterion, given,
// wanted}, "evaluation.items_sum" {criterion, sum, centi_points}, "evaluation.criterion_missing" {criterion}
// of what is handed in; and what check_recommendation() refuses.
base::Status draft(model::Review& review, const model::GiveScores& given, const Conflicts& conflicts,
                   const selection::SelectionRules& rules);
base::Status submit(model::Review& review, const model::GiveScores& given, const Conflicts& conflicts,
                    const selection::SelectionRules& rules, base::Instant now);

// By the chair; a locked review never changes but by being reopened, with a ground.
base::Status lock(model::Review& review, base::Instant now);
base::Status reopen(model::Review& review, const std::string& ground);

// A conflict of interest came up: what is not locked or declined waits for its end. A locked one stays as it
// is, and does not count.
void meet_conflict(model::Review& review);
// It ended, and none is open any more: the review begins anew, or is over where the reviewer stood back.
void leave_conflict(model::Review& review, bool recused);

// An amount that a reviewer, or the panel, finds right: of the pool's menu, or nothing at all, with a ground
// (E10, invariant 7). Refuses (kNotAllowed) "evaluation.amount_stays" where the pack lets nobody change it;
// (kInvalid) "evaluation.ground_missing", "evaluation.not_on_menu" {count, menu}.
base::Status check_recommendation(const model::PanelRecommendation& recommended,
                                  const selection::SelectionRules& rules);

}  // namespace dure::evaluation
