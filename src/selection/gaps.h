// Gaps offered to those who fit (F7; S3 ③: idle capacity of one to four months).
//
// Each request gets a part of one gap or nothing. It may start when both the gap and the applicant are there,
// for the months that it asks for, or as many fewer as it takes, within the pack's shortest and longest use,
// and ends before the gap does. The amounts that one gap is offered for add up to what it has.
//
// Exact: a request is left out only where it cannot be served beside all those before it that are, whichever
// gaps these are moved to. So the first in the order is served where anybody could be, then the second, and
// so on; of the matchings that serve these, each gets the smallest gap that does, and leaves the larger ones
// to what comes later. What is served does not depend on the order of the gaps. Whether a set of requests
// fits is a packing problem; the search for it is cut off after `kMostSteps` and says so.
//
// Pure.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "model/gap.h"
#include "policy/pack.h"

namespace dure::selection {

inline constexpr std::int64_t kMostSteps = 2'000'000;  // of one matching
inline constexpr std::int64_t kMostGaps = 10'000;
inline constexpr std::int64_t kMostGapRequests = 10'000;

// Refuses (kInvalid) "gap.question_invalid" {count} with a pointer for each fault: "gap.twice" {id},
// "gap.ends_before_it_begins", "gap.amount", "gap.months", "calendar.date_not_plannable"; and "gap.too_many"
// {most}.
base::Result<model::GapMatching> match_gaps(const model::GapQuestion& question, const policy::Award& rules);

}  // namespace dure::selection
