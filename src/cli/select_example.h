// A whole input of `dure select`, made for a pack: what `dure select --example` prints.
#pragma once

#include "model/selection.h"
#include "selection/rules.h"

namespace dure::cli {

// Five applications with the pack's own criteria, amounts, tracks and bonuses, as far as it has them: enough
// of everything to run as it is, and to be changed by hand.
model::SelectionRequest example_selection(const selection::SelectionRules& rules);

}  // namespace dure::cli
