// Suppliers' proposals, ranked and selected within a budget (A1, A2, A8).
//
// A proposal's points are the weighted mean over the phases of the mean of its judges, in hundredths of a
// point, rounded down once at the end. Order: members of the national centre first where the pack says so;
// points; then, among equals, membership (where the pack says break_ties), the criteria in their tie order,
// the lower price (with what running costs beside it, where the pack counts own use towards that;
// running_cost.h), the earlier receipt. The same input, in whatever order, gives the same ranking. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/supply.h"
#include "model/supply_requests.h"
#include "policy/programme_rules.h"

namespace dure::supply {

// What was handed in for one phase: each criterion of the pack once, each within its maximum; nothing where
// the judge has a conflict of interest, or where the phase gives no points. Refuses (kInvalid)
// "supply.no_such_phase" {phase}, "supply.criterion_unknown" {criterion}, "supply.criterion_missing"
// {criterion}, "supply.criterion_twice" {criterion}, "supply.too_many_points" {criterion, centi_points,
// most}, "supply.scores_in_conflict", "supply.scores_not_asked" {phase}.
base::Status check_evaluation(const model::EvaluateProposal& evaluation, const policy::Supply& rules);

struct JudgedProposal {
  model::SupplierProposal proposal;
  bool member = false;  // of the national centre
  std::vector<model::SupplierEvaluation> evaluations;
};

// The proposals with state, rank, points and grounds set, by rank; those without a rank at the end, by
// receipt. Selected are those that the budget pays for, from the top; the first that it does not pay for ends
// it, unless the pack lets the next ranked one follow. What was withdrawn is left out. Refuses (kConflict)
// "supply.evaluation_missing" {proposal, phase, have, need}.
base::Result<std::vector<model::SupplierProposal>> rank_proposals(std::vector<JudgedProposal> judged,
                                                                  const policy::Supply& rules,
                                                                  base::Krw budget);

}  // namespace dure::supply
