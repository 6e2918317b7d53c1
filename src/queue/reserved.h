// decide() where nodes are reserved for projects (A9).
//
// A reservation is closed time for everybody (closed.h), and open time for its project: what the project has
// waiting is decided first, on its own nodes alone and within its own time, as if nobody else waited; what
// does not start there stands in the queue with everybody, on all other nodes and times. So within its time
// the project's entries go to its nodes first, and before it they are promised a start there where that is
// earlier than any elsewhere.
//
// On its nodes a project heeds what runs there, other closures and the promises that others have there for
// afterwards. A run of its own may go on past the end, as any run may. What the project runs before the start
// heeds the reservation as everybody's does: it goes elsewhere, or ends before.
//
// Within its own allocation a project takes back what others borrow on its nodes (decide.h). Who is promised
// cards there that are being left waits for them (queue.cards_not_left), and asks for nothing elsewhere.
#pragma once

#include <vector>

#include "queue/decide.h"

namespace dure::queue {

// As decide(), which knows of no reservation. Where entries start on reserved nodes, their decisions come
// first; then those that wait for cards that are being left there.
std::vector<Decision> decide_reserved(const std::vector<Entry>& entries, const std::vector<Running>& running,
                                      const placement::Cluster& cluster, const Limits& limits,
                                      const Rules& rules, base::Instant now);

}  // namespace dure::queue
