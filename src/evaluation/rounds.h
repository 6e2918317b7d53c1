// Rounds of a call by the calendar (B2, B3, E6, E11): when the panel and the results are due, how many rounds
// a quarter wants, who is evaluated first. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/evaluation_requests.h"
#include "model/programme.h"
#include "policy/pack.h"

namespace dure::evaluation {

struct RoundDates {
  std::optional<base::Date> panel_by;
  std::optional<base::Date> result_by;
};
// Counted from the last day of intake, as the pack says. REQUIRES: a plannable date.
RoundDates dates_of(base::Date cutoff_on, const policy::Pack& pack);

// Of the quarter of the day. `rounds`: all of the call.
model::RoundDuty duty_of(const std::vector<model::Round>& rounds, std::int64_t needed, base::Date day);

// Whether the round may be left out: the quarter of its cut-off must still have as many others as the pack
// wants. Refuses (kConflict) "evaluation.round_wanted" {quarter_ends_on, needed, others}.
base::Status may_cancel(const model::Round& round, const std::vector<model::Round>& rounds,
                        std::int64_t needed);

// Whether intake may end on that day, told today (B2); of a call that ends by itself, before it does. Refuses
// (kNotAllowed) "call.no_early_close" where the pack knows none; (kInvalid) "call.not_early" {closes_on,
// last}, the last day that were early, "call.notice_too_short" {closes_on, notice, earliest}.
base::Status may_close_early(const model::Call& call, base::Date closes_on, base::Date today,
                             const policy::Pack& pack);

struct Candidacy {
  std::string id;                       // of the entry
  std::optional<std::size_t> priority;  // place of the class that was granted, in the pack's list
  base::Instant submitted_at;
};
// The ids in the order of evaluation: priority classes in the pack's order, then by submission (E6). Both
// effects of priority begin with it; `rank` goes further, in the ranking.
std::vector<std::string> evaluation_order(std::vector<Candidacy> candidacies);

}  // namespace dure::evaluation
