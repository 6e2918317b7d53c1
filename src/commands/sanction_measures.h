// What the measures of an imposed case do, and what is undone where it is reversed (J1 to J6). Part of the
// command that imposes or decides: no permission of their own.
#pragma once

#include "commands/work.h"
#include "model/sanction.h"
#include "programme/sanction.h"

namespace dure::commands {

base::Status carry_out(Work& work, const model::Sanction& sanction, bool all_programmes,
                       const programme::CaseStep& step);

// What was imposed is taken back as far as it can be; `ground`: why.
base::Status take_back(Work& work, const model::Sanction& sanction, const std::string& ground,
                       const programme::CaseStep& step);

}  // namespace dure::commands
