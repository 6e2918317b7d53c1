// What was decided of one item as figures with names, so that two decisions are compared figure by figure.
// Internal to compare.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/result.h"
#include "model/charge.h"
#include "model/selection.h"
#include "programme/deadlines.h"
#include "programme/eligibility.h"

namespace dure::compare {

// (whose, which) -> as text. Whose: an application, a line, a rule, a deadline; "" for the item itself.
using Figures = std::map<std::pair<std::string, std::string>, std::string>;

Figures figures_of(const model::SelectionResult& round);
Figures figures_of(const model::RatedStatement& bill);
Figures figures_of(const programme::Screening& screening);
Figures figures_of(const std::vector<programme::Deadline>& deadlines);

// What tells lines of a bill apart: invoice that is corrected, model, account and days; lines that are alike
// in all of these have a number.
std::vector<std::string> line_names(const model::RatedStatement& bill);

// Those of a decision; of a refusal only that it was refused.
template <class Decision>
Figures figures_of(const base::Result<Decision>& decision) {
  if (decision.ok()) return figures_of(*decision);
  return {{{"", "refused"}, decision.failure().reason.code}};
}

}  // namespace dure::compare
