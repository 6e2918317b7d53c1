// Answers to the open items of a screening, held to the dates of the applicant's papers (C4).
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/requests.h"
#include "policy/pack.h"

namespace dure::commands {

// As a person read them from the papers; they are compared and not kept.
struct ReadDates {
  std::optional<base::Date> born_on;
  std::optional<base::Date> appointed_on;
};

// The rules among the answers that the dates decided. Refuses (kInvalid), with a pointer into `answers`,
// "evaluation.date_needed" {rule} where a rule of age or appointment is said to be met without its date,
// "evaluation.date_says_otherwise" {rule} where it is answered against it.
base::Result<std::vector<std::string>> check_dated_answers(Work& work, const model::Application& application,
                                                           const std::vector<model::ScreeningAnswer>& answers,
                                                           const ReadDates& dates, const policy::Pack& pack);

}  // namespace dure::commands
