// Who comes before whom (E4 to E6; governance 5.5, step 5): a total order, so that the same applications give
// the same ranking in whatever order they are handed in (invariant 6). Internal to selection.
#pragma once

#include <compare>
#include <vector>

#include "selection/candidate.h"
#include "selection/rules.h"

namespace dure::selection {

// What decided between two applications of equal totals.
struct TieDecision {
  enum class By { kCriterion, kTime, kId };
  By by = By::kId;
  std::size_t criterion = kNone;  // kCriterion: in the pack's list
};

class Order {
 public:
  explicit Order(const SelectionRules& rules);

  // Gives every candidate that is above the threshold its tie_place and its rank; the candidates by rank.
  std::vector<Candidate*> rank(std::vector<Candidate>& candidates) const;

  // Of two that are equal in all that comes before the order of ties.
  TieDecision tie(const Candidate& a, const Candidate& b) const;

  // Less: a comes first. Priority counts only where the pack ranks by it.
  std::strong_ordering by_priority(const Candidate& a, const Candidate& b) const;

  // Whom to evaluate first: priority classes in the pack's order, then by submission (E6).
  static bool evaluated_before(const Candidate& a, const Candidate& b);

 private:
  std::strong_ordering by_ties(const Candidate& a, const Candidate& b, TieDecision* decision) const;

  const SelectionRules& rules_;
  std::vector<std::size_t> criteria_;  // by tie_order; those without one left out
};

}  // namespace dure::selection
