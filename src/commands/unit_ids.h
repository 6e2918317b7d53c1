// How many IDs the unit of an applicant has (F1; programme/unit_ids.h).
#pragma once

#include <cstdint>

#include "base/result.h"
#include "commands/work.h"
#include "model/application.h"
#include "policy/pack.h"

namespace dure::commands {

// Beside the applicant's own: accounts with an allocation in the programme that is not over, and new awards
// whose allocation is yet to be opened; each login once. 0 where the pack counts none of its class.
base::Result<std::int64_t> unit_ids_beside(Work& work, const model::Application& application,
                                           const policy::Pack& pack);

// Refuses what programme::check_unit_ids refuses, of a new application.
base::Status check_unit_has_room(Work& work, const model::Application& application, const policy::Pack& pack);

}  // namespace dure::commands
