// Whether what is to be ranked can be: every fault of the input with its place, and nothing is guessed.
//
// The faults are of one request against one pack: an id that comes twice, points above a criterion's maximum
// or for a criterion that the pack does not have, a criterion without points, an amount that is not on the
// menu, more recommended than asked for without a recorded decision (invariants 4 and 7 of governance 5.4).
#pragma once

#include "base/result.h"
#include "selection/rules.h"

namespace dure::selection {

// More is refused: what one selection of any centre has, and a hundred times it.
inline constexpr std::size_t kMostApplications = 100'000;
inline constexpr std::size_t kMostReviews = 1'000;  // of one application
inline constexpr std::size_t kMostClaims = 100;     // likewise, of each kind
inline constexpr std::size_t kMostText = 400;       // bytes of an id, a name, a ground
// At most so many faults are told.
inline constexpr std::size_t kMostFaults = 20;

// Refuses (kInvalid) "selection.invalid" {count} with a detail for each fault, up to kMostFaults, each with
// its JSON pointer into the request; their codes are those of api/reasons/selection.json.
base::Status check(const model::SelectionRequest& request, const SelectionRules& rules);

}  // namespace dure::selection
