// What is wanted of the supply: yearly targets (A8, A10), demand surveys and the shares that follow from them
// (A6; supply/shares.h), reservations for national projects (A9).
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/supply_requests.h"

namespace dure::commands {

// Records who decided what on which day; the same decision again does nothing. Refuses (kInvalid)
// "supply.text_missing", "supply.in_the_future" {today}. Permission: supply.manage.
base::Result<model::SupplyTarget> decide_target(Work& work, const model::DecideTarget& command);

// Opens it at once. Refuses (kInvalid) "supply.dates_reversed". Permission: supply.manage.
base::Result<model::DemandSurvey> open_survey(Work& work, const model::OpenSurvey& command);
// A second time it does nothing. Permission: supply.manage.
base::Result<model::DemandSurvey> close_survey(Work& work, const model::DemandSurveyId& id);

// Anyone may answer, also without an account. Refuses (kConflict) "supply.survey_closed"; (kInvalid)
// "supply.group_unknown" {user_group, groups}, "supply.dates_reversed", "supply.text_missing". Permission:
// supply.answer.
base::Result<model::DemandAnswer> answer_survey(Work& work, const model::DemandSurveyId& id,
                                                const model::AnswerSurvey& command);

// So many GPUs shared among the groups by the answers so far and the pack in force. Refuses what
// supply::share_among() refuses. Permission: supply.read.
base::Result<std::vector<model::GroupShare>> survey_shares(Work& work, const model::DemandSurveyId& id,
                                                           std::int64_t gpus);

// Keeps GPUs of a pool, as far as they are in service and not given. Refuses (kConflict)
// "supply.no_capacity"; (kInvalid) "supply.text_missing", "supply.dates_reversed", "supply.past" {today},
// "supply.no_such_pool". Permission: supply.manage.
base::Result<model::BeneficiaryReservation> reserve_for_beneficiary(
    Work& work, const model::ReserveForBeneficiary& command);
// A second time it does nothing. Permission: supply.manage.
base::Result<model::BeneficiaryReservation> cancel_beneficiary(Work& work,
                                                               const model::BeneficiaryReservationId& id);

}  // namespace dure::commands
