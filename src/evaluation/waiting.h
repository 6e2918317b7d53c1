// Who of those that wait is offered what has become free (B13, C8, F7). Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/gap.h"
#include "model/waiting.h"
#include "selection/rules.h"

namespace dure::evaluation {

// The order of the queue: older rankings and older demand first; within one, its own order.
bool waits_before(const model::WaitlistEntry& a, const model::WaitlistEntry& b);

struct Waiting {
  const model::WaitlistEntry* entry = nullptr;
  std::int64_t units = 0;  // that it asks for, in the pool's unit
  base::Date from;         // its own months
  std::int64_t months = 0;
};

struct Offer {
  const model::WaitlistEntry* entry = nullptr;
  std::int64_t units = 0;
  base::Date from;
  std::int64_t months = 0;
};
struct Passed {
  const model::WaitlistEntry* entry = nullptr;
  base::Reason reason;  // "evaluation.does_not_fit" {asked, left}, "evaluation.behind" {position}
};
struct Match {
  std::vector<Offer> offers;
  std::vector<Passed> passed;
};

// What is idle from the first day of one that waits, beside the offers that stand: gaps that share the same
// cards, of which one can be had (supply::gaps_from()). None: the programme knows no supply, and only `units`
// bound what is offered.
using IdleFor = std::function<std::vector<model::Gap>(const Waiting&, const std::vector<Offer>&)>;

// In the order of the queue, as far as `units` go and, for each, as the gaps have it for its own months and
// the pack's shortest and longest use allow (selection::match_gaps(); "gap.none_fits"): less than was asked
// for only where the pack awards in part, and then of the menu; those behind one that does not fit only where
// the pack lets them pass. REQUIRES: calendar::check_plannable(from), 1 <= months <= model::kMostGapMonths.
Match match(std::vector<Waiting> waiting, std::int64_t units, const selection::SelectionRules& rules,
            const policy::Award& use = {}, const IdleFor& idle = {});

}  // namespace dure::evaluation
