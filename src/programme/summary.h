// The summary sheet of an application: one line of what its form says, in the columns that the pack names
// (application.summary), without gaps (D8). Made from the form, so that sheet and form cannot differ.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/application.h"
#include "policy/application_rules.h"

namespace dure::programme {

struct SummaryCell {
  std::string column;  // name of Form 1 ("applicant.email"), or id of a field that the pack adds
  std::string value;   // "-" where the form need not say it and does not
  bool gap = false;    // it should say it, and does not, or not as its type wants it
};

// In the pack's order. `answers`: to the fields that the pack adds.
std::vector<SummaryCell> summary_of(const model::Form1& form,
                                    const std::map<std::string, std::vector<std::string>>& answers,
                                    const policy::ApplicationRules& rules);

}  // namespace dure::programme
