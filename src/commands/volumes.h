// Volumes: each member's home in a project.
#pragma once

#include "commands/work.h"

namespace dure::commands {

// The account's home in the allocation's project: made where there is none, and as large as the largest of
// the project's allocations gave it. For other commands: checks no permission.
base::Status ensure_home(Work& work, const model::Allocation& allocation, const model::AccountId& account);

}  // namespace dure::commands
