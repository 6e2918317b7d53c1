// What a person answers to the items of a screening that are open: against the dates of the applicant's
// papers (C4), and all answers put together (C1 to C5). Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/reason.h"
#include "model/application.h"
#include "programme/eligibility.h"

namespace dure::programme {

// Why an answer cannot stand: "evaluation.date_needed" {rule} or "evaluation.date_says_otherwise" {rule}, and
// what the rule says of the dates.
struct WrongAnswer {
  base::Reason reason;
  base::Reason why;
};

// Whether the item's rule asks for the age or for the years since an appointment.
bool asks_for_dates(const model::ScreeningItem& item, const ScreeningRules& rules);

// A rule that the dates in `facts` decide is answered as they say; one that they leave open for want of a
// date is not met. Where the pack leaves the rule to a person (person_decides), and for any other rule, none.
std::optional<WrongAnswer> wrong_by_dates(const model::ScreeningItem& item, bool met,
                                          const model::Form1& form, const Facts& facts,
                                          const ScreeningRules& rules);

// Of the rules of `eligibility.include`, and of those of a track, one that is met is enough, and is told
// alone, as screen() does; where none is, they stay. False where what must hold does not: an item that is no
// such rule is not met, or of such rules none is met and none is open any more.
bool settle_answers(std::vector<model::ScreeningItem>& items);

}  // namespace dure::programme
