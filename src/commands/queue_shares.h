// What operators see of who holds how much: the use of quotas, and the table of shares. Both read the scene
// of a decision (queue_scene.h), so that they show what the scheduler goes by. Permission: quotas.read.
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/quota.h"

namespace dure::commands {

// All quotas, in force or not, with what their subjects hold now.
base::Result<std::vector<model::QuotaUse>> list_quota_use(Work& work);

// queue/share_table.h with the names of the owners.
base::Result<model::ShareTable> read_shares(Work& work);

}  // namespace dure::commands
