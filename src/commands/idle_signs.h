// The signs of life of an allocation: who logged in last, and when it was last used (H1).
#pragma once

#include <optional>
#include <vector>

#include "commands/work.h"
#include "model/award.h"
#include "policy/pack.h"
#include "programme/idle.h"

namespace dure::commands {

struct AllocationSigns {
  std::optional<base::Instant> last_login_at;  // of anybody of the project
  std::optional<base::Instant> last_used_at;   // work.now while it is used
  programme::SignsOfLife signs;                // the same as days, and what else counts
};

base::Result<AllocationSigns> signs_of(Work& work, const model::Allocation& allocation,
                                       const policy::Pack& pack);

// The accounts of those who work on the project now.
base::Result<std::vector<model::Account>> accounts_of_project(Work& work, const model::ProjectId& project);

}  // namespace dure::commands
