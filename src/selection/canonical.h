// An input in the one order that is its own, so that its text, and the hash of that, do not depend on the
// order in which it was handed in (invariant 6). Who keeps a ranking keeps this hash beside the pack's.
#pragma once

#include "model/selection.h"

namespace dure::selection {

// Applications and releases by id and track; of each application reviews by reviewer, scores by criterion,
// claims by rule, certificates by kind and day, kinds of documents by name. Lists that are empty and may be
// left out are.
model::SelectionRequest in_own_order(model::SelectionRequest request);

}  // namespace dure::selection
