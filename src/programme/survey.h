// Surveys among users: asked at least so often a year, answered once, counted without names (K7; S1 page 5).
#pragma once

#include <vector>

#include "base/result.h"
#include "model/outcome.h"
#include "model/outcome_requests.h"
#include "policy/duty_rules.h"

namespace dure::programme {

// Refuses (kConflict) "survey.further_off" {programme} for a further survey of a pack that knows none;
// (kInvalid) "outcome.text_missing" {field}, "survey.question_faulty" {question}.
base::Status check_survey(const model::OpenUserSurvey& command, const policy::Outcomes& outcomes,
                          const std::string& programme);

// Whether it takes answers at that time.
bool takes_answers(const model::UserSurvey& survey, base::Instant now);

// Adds one answer: exactly one choice for each question. Refuses (kInvalid) "survey.choice_unknown"
// {question}.
base::Status count_answer(model::UserSurvey& survey, const model::AnswerUserSurvey& answer);

// Every choice of every question in their order, also those that nobody made.
model::SurveyResults results_of(const model::UserSurvey& survey);

// How many of the satisfaction surveys of that year the pack still wants.
std::int64_t surveys_missing(const std::vector<model::UserSurvey>& surveys, std::int64_t year,
                             const policy::Outcomes& outcomes);

}  // namespace dure::programme
