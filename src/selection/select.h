// Selection: applications, capacity and rules -> ranking, awards, waiting list, and the reasons of each (E1
// to E14, B7 to B9, C8, A7; governance 5.5; invariants 2, 3, 4, 6 and 7 of 5.4).
//
//   DURE_LET(rules, selection::rules_of(pack, request.pool));
//   DURE_LET(result, selection::select(request, rules));
//
// The steps, each by a key of the pack:
//    1. considered: what is eligible, or by a recorded waiver, and was screened under this pack; never one
//       whose applicant was excluded by a restriction when it was received (invariant 18)
//    2. reviews joined (score.h); a reviewer with an unresolved conflict of interest does not count
//    3. bonus (claims.h), at most its cap; less the points that restrictions take (J2)
//    4. threshold, on the points before or after step 3; exactly the threshold is enough
//    5. rank: priority where the pack ranks by it, total, order of ties, time of submission, id (order.h)
//    6. amounts: shares of tracks first, then the rest (serve.h)
//    7. what has a rank and got nothing waits, in the order in which it would be served
//
// A function of its arguments: the order of the applications, of their reviews and of their claims does not
// matter. Everything is whole numbers.
#pragma once

#include "base/result.h"
#include "model/selection.h"
#include "selection/rules.h"

namespace dure::selection {

// Refuses what check() refuses (check.h).
base::Result<model::SelectionResult> select(const model::SelectionRequest& request,
                                            const SelectionRules& rules);

}  // namespace dure::selection
