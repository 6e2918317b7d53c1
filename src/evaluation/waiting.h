// Who of those that wait is offered what has become free (B13, C8, F7). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/reason.h"
#include "model/waiting.h"
#include "selection/rules.h"

namespace dure::evaluation {

// The order of the queue: older rankings and older demand first; within one, its own order.
bool waits_before(const model::WaitlistEntry& a, const model::WaitlistEntry& b);

struct Waiting {
  const model::WaitlistEntry* entry = nullptr;
  std::int64_t units = 0;  // that it asks for, in the pool's unit
};

struct Offer {
  const model::WaitlistEntry* entry = nullptr;
  std::int64_t units = 0;
};
struct Passed {
  const model::WaitlistEntry* entry = nullptr;
  base::Reason reason;  // "evaluation.does_not_fit" {asked, left}, "evaluation.behind" {position}
};
struct Match {
  std::vector<Offer> offers;
  std::vector<Passed> passed;
};

// In the order of the queue, as far as `units` go: less than was asked for only where the pack awards in
// part, and then of the menu; those behind one that does not fit only where the pack lets them pass.
Match match(std::vector<Waiting> waiting, std::int64_t units, const selection::SelectionRules& rules);

}  // namespace dure::evaluation
