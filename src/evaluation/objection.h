// Until when an applicant may appeal against a decision, and whether he still may (governance 5.2 Appeal).
// Pure.
#pragma once

#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "model/application.h"
#include "policy/pack.h"

namespace dure::evaluation {

// The last day, counted from the day on which the result was told; none where the pack knows no appeal.
std::optional<base::Date> file_by(base::Date told_on, const policy::Pack& pack);

// Refuses (kConflict) "evaluation.nothing_to_appeal" {state} of an application that was not refused;
// (kNotAllowed) "evaluation.no_appeal" where the pack knows none; (kConflict) "evaluation.appeal_late"
// {file_by}.
base::Status may_appeal(const model::Application& application, base::Date told_on, base::Date today,
                        const policy::Pack& pack);

}  // namespace dure::evaluation
