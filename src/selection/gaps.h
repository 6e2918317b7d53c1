// Gaps offered to those who fit (F7; S3 ③: idle capacity of one to four months).
//
// Each request gets a part of one gap or nothing. It may start when both the gap and the applicant are there,
// for the months that it asks for, or as many fewer as it takes, within the pack's shortest and longest use,
// and ends before the gap does. The amounts that one gap is offered for add up to what it has.
//
// Exact: of all matchings it is the one that gives the first request the most months, of these the one that
// gives the second the most, and so on; whoever is served is moved to another gap where that makes room, and
// never gets fewer months by it. Of the gaps that are as good for a request it gets the smallest, so that the
// larger ones are left to what comes later. Who gets how many months does not depend on the order of the
// gaps. Whether a set of requests fits is a packing problem; the search for it is cut off after `kMostSteps`
// and says so.
//
// Pure.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "model/gap.h"
#include "policy/pack.h"

namespace dure::selection {

inline constexpr std::int64_t kMostSteps = 2'000'000;  // of one matching
inline constexpr std::int64_t kMostPairs = 1'000'000;  // gaps times requests
inline constexpr base::MilliGpu kMostAmount = base::MilliGpu::cards(1'000'000);

// Refuses (kInvalid) "gap.question_invalid" {count} with a pointer for each fault: "gap.twice" {id},
// "gap.ends_before_it_begins", "gap.amount", "gap.months", "calendar.date_not_plannable"; and "gap.too_many"
// {most}.
base::Result<model::GapMatching> match_gaps(const model::GapQuestion& question, const policy::Award& rules);

}  // namespace dure::selection
