// The announcement of a call, as its programme's pack has it today.
#pragma once

#include "commands/work.h"
#include "model/announcement.h"

namespace dure::commands {

// Whoever may see the call may read it. Refuses as the read of a call does; kConflict "policy.none_in_force".
base::Result<model::Announcement> announce_call(Work& work, const model::CallId& id);

}  // namespace dure::commands
