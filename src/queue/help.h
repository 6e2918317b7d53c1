// What would help an entry that waits: less, something else, a shorter time limit, or patience.
//
// Of placement's alternatives (alternatives.h) those that would start at once, behind all that wait, beside
// all promises and below every ceiling; the latest moment by which the same would have to be over to start
// now; and when it starts as it is, or a whole card of its model is free. At most three, most useful first:
// two of what fits now, and the time. Instants are whole minutes, so that they stay the same from one
// decision to the next.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "placement/alternatives.h"
#include "queue/scheduler.h"

namespace dure::queue {

inline constexpr std::size_t kMostAlternatives = 3;
// A time limit shorter than that is not offered.
inline constexpr base::Span kLeastOffered = base::Span::minutes(10);
// Nor one that is longer.
inline constexpr base::Span kFarthestOffered = base::Span::days(30);

// What an entry asks for, and how another request of its owner's would be asked.
struct Asking {
  placement::Request request;
  Handle entry = 0;
  std::vector<std::string> reach;  // models that its allocation may use in its pool
  // Nothing where the cluster has no such pool or model.
  std::function<std::optional<Job>(const placement::Request&)> job_of;
  base::Span to_end;  // by so much Job::time_limit is longer than the limit it is asked for with
};

// REQUIRES: the entry waits for room or at its ceiling, and a cycle has been run at `now`.
std::vector<placement::Alternative> what_helps(Scheduler& scheduler, const Asking& asking, base::Instant now);

// queue.help_model {model}, help_time_limit {until}, help_replicas {replicas}, help_cards {model, cards},
// help_blocks {model, blocks}, help_card_frees {model, at}, help_starts {at}.
base::Reason reason_of(const placement::Alternative& alternative);

}  // namespace dure::queue
