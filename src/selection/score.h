// One score of several reviews (E2, E14; governance 5.5, step 2).
//
// A review counts once it is submitted or locked, and only of a reviewer without an unresolved conflict of
// interest. What counts is joined as the pack says: the plain mean, or a mean without the extremes. The base
// is the mean of the reviews' totals, rounded once; it is not the sum of the criteria's rounded means, which
// could be a hundredth or two beside it.
#pragma once

#include <cstdint>
#include <vector>

#include "model/selection.h"
#include "selection/points.h"
#include "selection/rules.h"

namespace dure::selection {

struct Score {
  std::int64_t counted = 0;  // reviews
  bool enough = false;       // at least one, and as many as the pack asks for
  Points base;
  std::vector<Points> criteria;      // in the pack's order
  std::vector<std::size_t> trimmed;  // reviews left out whole (trim_by: total), by their place in the list
  bool too_few_to_trim = false;      // a trimmed mean that became a plain one
};

bool counts(const model::SelectionReview& review);

// How many reviews the pack asks for at least: 1 where it says nothing.
std::int64_t reviews_needed(const SelectionRules& rules);

// REQUIRES: the reviews passed check(), and rules.scored(). The order of the reviews does not matter.
Score join_reviews(const std::vector<model::SelectionReview>& reviews, const SelectionRules& rules);

}  // namespace dure::selection
