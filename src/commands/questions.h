// Questions to the desks of a programme (M5), and what the desks do not do (M6; S0 article 10(1)).
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/closure_requests.h"

namespace dure::commands {

// As the pack lists them (contact.desks). Permission: programmes.read.
base::Result<std::vector<model::DeskView>> list_desks(Work& work, const model::ProgrammeId& id);

// By an account. What the pack lists as declined (contact.declines) is declined at once with the pack's text.
// Refuses (kInvalid) "question.desk_unknown" {desk, desks} (where the pack has no desks, "" is the
// administrator), "question.request_unknown" {request, requests}, "outcome.text_missing" {field}.
base::Result<model::Question> ask_question(Work& work, const model::AskQuestion& command);

// Permission: questions.answer. Refuse (kConflict) "question.not_open" {state}; declining also (kInvalid)
// "question.request_unknown".
base::Result<model::Question> answer_question(Work& work, const model::QuestionId& id,
                                              const model::AnswerQuestion& command);
base::Result<model::Question> decline_question(Work& work, const model::QuestionId& id,
                                               const model::DeclineQuestion& command);
// By who asked, or who answers; a closed one stays as it is.
base::Result<model::Question> close_question(Work& work, const model::QuestionId& id);

}  // namespace dure::commands
