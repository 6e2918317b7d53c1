// Outcomes, their evidence and the acknowledgement (K2, K3, K4, K8; S0 article 9, S1 page 5).
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "calendar/business_days.h"
#include "model/award.h"
#include "model/outcome.h"
#include "model/outcome_requests.h"
#include "policy/duty_rules.h"

namespace dure::programme {

// The kind of the obligations that are met by sharing data and not by a report.
inline constexpr const char* kDataShareKind = "data_share";

// By when an outcome of that day is to be told, where the pack asks for it (K8).
std::optional<base::Date> notify_by(base::Date produced_on, const policy::Outcomes& outcomes,
                                    const calendar::BusinessDays& days);

// Refuses (kInvalid) "obligation.kind_unknown" {kind, kinds}, "outcome.text_missing" {field},
// "outcome.in_the_future" {today}, "outcome.evidence_missing" {what} where the pack asks for evidence.
base::Status check_outcome(const model::TellOutcome& outcome, const policy::Outcomes& outcomes,
                           base::Date today);

// Whether the report may be handed in with the outcomes that belong to it. Where the pack asks for evidence,
// the report has some of its own or outcomes, and each outcome has its own (kInvalid)
// "outcome.evidence_missing" {what}. What was given back counts for nothing.
base::Status check_evidence(const model::ResultsReport& report,
                            const std::vector<model::Outcome>& outcomes_of_report,
                            const policy::Outcomes& outcomes);

// Whether the report may be accepted: of each of its outcomes that has to carry the acknowledgement a person
// looked, and found it the last time. Refuses (kConflict) "outcome.acknowledgement_unchecked" {count},
// "outcome.acknowledgement_absent" {count}.
base::Status check_acknowledged(const std::vector<model::Outcome>& outcomes_of_report,
                                const std::vector<model::AcknowledgementCheck>& checks,
                                const policy::Outcomes& outcomes);

}  // namespace dure::programme
