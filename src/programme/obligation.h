// What a user owes the centre after use: the results report (K1, K4, K8; S0 article 9, Form 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calendar/business_days.h"
#include "model/award.h"
#include "policy/duty_rules.h"

namespace dure::programme {

// What falls due after an allocation ends: those of the pack that hang on the end of the allocation. Ids,
// times and references are the caller's.
struct DuePlan {
  std::string kind;
  std::string form;
  base::Date due_on;
  std::string source;
};
std::vector<DuePlan> obligations_of(const model::Allocation& allocation, const policy::Outcomes& outcomes,
                                    const calendar::BusinessDays& days);

// The due day anew after the allocation's end moved.
std::optional<base::Date> due_on(const model::Obligation& obligation, base::Date ends_on,
                                 const policy::Outcomes& outcomes, const calendar::BusinessDays& days);

// scheduled until the allocation has ended, then due, then overdue from the day after due_on; what was
// submitted, returned, accepted or escalated stays, but that a returned report becomes overdue too.
model::ObligationState state_on(const model::Obligation& obligation, base::Date allocation_ends_on,
                                base::Date today);

// Takes a report. Late ones are taken too. Refuses (kConflict) "obligation.not_open" {state}; (kInvalid)
// "obligation.report_invalid" with a detail per field: "obligation.kind_unknown" {kind, kinds},
// "obligation.field_missing".
base::Status submit(model::Obligation& obligation, const model::ResultsReport& report,
                    const policy::Outcomes& outcomes, base::Instant now);

// The centre's answer to a submitted report. Refuses (kConflict) "obligation.not_submitted" {state}.
base::Status accept(model::Obligation& obligation);
base::Status give_back(model::Obligation& obligation);

// The acknowledgement sentence with its slots filled: {year} and {result} (K4; the sentence has a slot for
// the year).
std::string acknowledgement(std::string_view text, std::int64_t year, std::string_view result);

// True where the result's text cites the sentence: the grant number stands in it. What else differs (spaces,
// the particle after the result's name) is for a person to judge.
bool cites(std::string_view text, std::string_view grant_number);

}  // namespace dure::programme
