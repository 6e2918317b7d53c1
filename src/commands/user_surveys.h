// Surveys among the users of a programme (K7): asked by an operator, answered once by each account, counted
// without names, and told once they are closed.
#pragma once

#include "commands/work.h"
#include "model/outcome_requests.h"

namespace dure::commands {

// Permission: surveys.manage. Refuses (kConflict) "outcome.section_off" {programme} and what
// programme::check_survey refuses; (kInvalid) "survey.closes_past".
base::Result<model::UserSurvey> open_user_survey(Work& work, const model::OpenUserSurvey& command);
// A closed one stays as it is.
base::Result<model::UserSurvey> close_user_survey(Work& work, const model::UserSurveyId& id);

// By a user: an account of the programme. To any other account the survey does not exist here. Refuses
// (kConflict) "survey.closed", "survey.answered_already"; (kInvalid) "survey.choice_unknown" {question}.
base::Result<model::SurveyAnswered> answer_user_survey(Work& work, const model::UserSurveyId& id,
                                                       const model::AnswerUserSurvey& command);

// Permission: surveys.read. Refuses (kConflict) "survey.still_open".
base::Result<model::SurveyResults> survey_results(Work& work, const model::UserSurveyId& id);

}  // namespace dure::commands
