// decide(): for everything that waits, start it, keep it waiting with one reason, or refuse it for good.
//
// Rows in, rows out, by the scheduler (scheduler.h has the rules): it is made anew from what waits, runs and
// was promised, has one cycle, and what it says is told in the names of the rows. What waits for a cause of
// its own (its ceiling, its allocation, somebody who holds it) stands aside and blocks nobody; what can never
// run is refused and blocks nobody. Lanes do not wait for each other.
//
// The one reason of an entry that waits is the first that holds:
//   queue.held, queue.allocation_not_active, queue.retry_pause, queue.ceiling, queue.behind, then
//   placement's own; queue.maintenance where there is room only on nodes that would close before it ends, or
//   are closed (closed.h); queue.reserved where there is room, and it is promised to others.
// A run is told to stop where it is preemptible, its allocation borrows what it holds, and an entry asks that
// is within its own allocation (borrowed.h, scheduler.h): queue.reclaimed. The entry is promised its cards.
// Refused for good: queue.allocation_not_active (it has ended), queue.model_not_allocated,
// queue.over_ceiling of its allocation or of what policy lets an account have, and what placement calls not
// ever or not allowed. What is over a ceiling that an operator may lift again (of its project or
// organisation, or a quota of the account) waits with queue.over_ceiling.
//
// Who was promised a start by now and still has runs on his cards that are stopping keeps them and waits
// (queue.cards_not_left); so does who has not come yet, since his former attempt is stopping (goes_to).
//
// The first in each lane are promised a start; who hands the promise in again with the next decision has it
// kept. An estimate beside that (of one at its ceiling) is when it starts if all limits are used up. Where
// something that must end first has no limit there is neither.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/ids.h"
#include "placement/cluster.h"
#include "placement/plan.h"
#include "queue/entry.h"
#include "queue/rules.h"

namespace dure::queue {

enum class Verdict { kStart, kWait, kRefuse, kStop };

// kPlans: what starts, stops and is promised; what waits for room or at its ceiling is told neither why nor
// what would help, which costs most of a decision where much waits.
enum class Telling { kAll, kPlans };

struct Decision {
  model::RunId run_id;
  Verdict verdict = Verdict::kWait;
  // kStart. Each plan follows from the cluster after the plans before it: commit them in this order.
  std::optional<placement::Plan> plan;
  std::optional<base::Reason> reason;  // not kStart; of kWait with kPlans only where it stands aside
  placement::RefusalKind refusal = placement::RefusalKind::kNotNow;  // kRefuse
  std::optional<base::Instant> estimated_start;                      // kWait
  std::optional<Promise> promise;                                    // kWait
  // kWait, for the first of each lane: what would help (help.h), at most three.
  std::vector<base::Reason> alternatives;
  std::int64_t position = 0;  // kWait: place among all that wait after this decision, from 1
  std::int64_t ahead = 0;     // kWait: how many of its own lane stand before it and block it
  bool operator==(const Decision&) const = default;
};

// One decision for each entry, in the order of the queue; then kStop for each of `running` that is to stop.
// `running` must name what the cluster's holds belong
// to; a hold that belongs to no run ends at no known time.
std::vector<Decision> decide(const std::vector<Entry>& entries, const std::vector<Running>& running,
                             const placement::Cluster& cluster, const Limits& limits, const Rules& rules,
                             base::Instant now, Telling telling = Telling::kAll);

}  // namespace dure::queue
