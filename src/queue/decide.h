// decide(): for everything that waits, start it, keep it waiting with one reason, or refuse it for good.
//
// A lane is a pair (pool, model). Within a lane the order is strict: what could start does not overtake an
// earlier entry that waits for room (S0 F8: the next user starts when the previous run ends), unless the rule
// `backfill` says so and it provably delays nobody. What waits for a cause of its own (its ceiling, its
// allocation, somebody who holds it) stands aside and blocks nobody; what can never run is refused and blocks
// nobody. Lanes do not wait for each other.
//
// The one reason of an entry that waits is the first that holds:
//   queue.held, queue.allocation_not_active, queue.ceiling, queue.behind, then placement's own.
// Refused for good: queue.allocation_not_active (it has ended), queue.model_not_allocated,
// queue.over_ceiling, and what placement calls not ever or not allowed.
//
// An estimated start is given where it follows from time limits: the queue is played forward under the same
// rules, with everything ending at its `ends_by`. It is when the entry starts if all limits are used up and
// nobody changes the order. Where something that must end first has no limit there is no estimate.
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

enum class Verdict { kStart, kWait, kRefuse };

struct Decision {
  model::RunId run_id;
  Verdict verdict = Verdict::kWait;
  // kStart. Each plan follows from the cluster after the plans before it: commit them in this order.
  std::optional<placement::Plan> plan;
  std::optional<base::Reason> reason;                                // kWait, kRefuse
  placement::RefusalKind refusal = placement::RefusalKind::kNotNow;  // kRefuse
  std::optional<base::Instant> estimated_start;                      // kWait
  std::int64_t position = 0;  // kWait: place among all that wait after this decision, from 1
  std::int64_t ahead = 0;     // kWait: how many of its own lane stand before it and block it
  bool operator==(const Decision&) const = default;
};

// One decision for each entry, in the order of the queue. `running` must name what the cluster's holds belong
// to; a hold that belongs to no run ends at no known time.
std::vector<Decision> decide(const std::vector<Entry>& entries, const std::vector<Running>& running,
                             const placement::Cluster& cluster, const Limits& limits, const Rules& rules,
                             base::Instant now);

}  // namespace dure::queue
