// The order of the queue: what people see of it, and what an operator changes.
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// What waits and the caller may see, in the order of the queue; positions count everything that waits.
base::Result<std::vector<model::QueueItem>> list_queue(Work& work);

// Who would move by how much if the run got that priority (F13), and from when to when: two decisions on the
// same rows, with and without. Only those that the caller may see, as list_queue(). Permission:
// queue.reorder.
base::Result<std::vector<model::QueueMove>> preview_move(Work& work, const model::RunId& id,
                                                         const model::MoveRun& command);
// Refuses (kConflict) "queue.not_queued", "queue.order_fixed" where the rules leave the order to nobody;
// (kInvalid) "queue.ground_missing". Permission: queue.reorder.
base::Result<model::Run> move_run(Work& work, const model::RunId& id, const model::MoveRun& command);

}  // namespace dure::commands
