// Appeals against a decision on an application (evaluation/objection.h): filed within the pack's time with a
// ground, withdrawn, and answered. Upheld, the decision is made anew: the application is considered again, or
// awarded.
//
// All of them refuse what access::authorize() refuses, numbers out of range and texts with a resident number.
#pragma once

#include "commands/work.h"
#include "model/evaluation_requests.h"

namespace dure::commands {

// Refuses what evaluation::may_appeal() refuses; (kConflict) "evaluation.undecided",
// "evaluation.appeal_there" {id}. Permission: applications.edit.
base::Result<model::Appeal> file_appeal(Work& work, const model::FileAppeal& command);
base::Result<model::Appeal> withdraw_appeal(Work& work, const model::AppealId& id);

// Refuses (kInvalid) "evaluation.ground_missing", "evaluation.remedy_missing"; (kConflict)
// "state.not_from_this_state", what grant_award() refuses. Permission: applications.decide.
base::Result<model::Appeal> decide_appeal(Work& work, const model::AppealId& id,
                                          const model::DecideAppeal& command);

}  // namespace dure::commands
