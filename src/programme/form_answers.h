// The fields that a pack adds to Form 1 (application.fields): whether each is answered, and as its type wants
// it (D2, D5, D10, D11, D14, D15, C6; decision 46).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/application.h"
#include "policy/application_rules.h"
#include "programme/eligibility.h"
#include "programme/facts.h"

namespace dure::programme {

// What is wrong with an answer, if anything is: "answer.…" {field, …}. An answer of blank parts only is none
// at all and not wrong. `months`: of the form; plans have a part for each month or each quarter begun.
std::optional<base::Reason> wrong_answer(const policy::FormField& field,
                                         const std::vector<std::string>& parts, std::int64_t months);

// One item per field of the pack, in its order, then one per answer that the pack has no field for. Codes
// "answer.given", "answer.missing", "answer.not_needed", "answer.may_be_needed", "answer.field_unknown", and
// those of wrong_answer(). A resident number in an answer is refused (R9).
std::vector<model::ScreeningItem> screen_answers(const model::Form1& form, const Facts& facts,
                                                 const ScreeningRules& rules);

// C6: another application of the organisation with the same title (white space and case of Latin letters
// aside), where the pack wants them to differ; none where it does not.
std::optional<model::ScreeningItem> screen_title(const model::Form1& form, const Facts& facts,
                                                 const ScreeningRules& rules);

// D14: the answer `ai_model` names one model, where the pack wants an application of its own for each; none
// where it does not, or nothing is answered. Several parts are several models, and so is what stands between
// commas, semicolons, lines or the word "및" (and).
std::optional<model::ScreeningItem> screen_models(const Facts& facts, const ScreeningRules& rules);

}  // namespace dure::programme
