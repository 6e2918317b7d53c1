#include "evaluation/waiting.h"

#include <algorithm>
#include <tuple>

namespace dure::evaluation {

bool waits_before(const model::WaitlistEntry& a, const model::WaitlistEntry& b) {
  return std::tie(a.created_at, a.position, a.id) < std::tie(b.created_at, b.position, b.id);
}

Match match(std::vector<Waiting> waiting, std::int64_t units, const selection::SelectionRules& rules) {
  std::sort(waiting.begin(), waiting.end(),
            [](const Waiting& a, const Waiting& b) { return waits_before(*a.entry, *b.entry); });
  const auto menu = selection::menu_of(rules.pool);
  Match made;
  const model::WaitlistEntry* blocker = nullptr;
  for (const auto& each : waiting) {
    if (blocker != nullptr && !rules.selection.pass_over) {
      made.passed.push_back(
          {each.entry, base::Reason("evaluation.behind").with("position", blocker->position)});
      continue;
    }
    std::int64_t given = each.units <= units ? each.units : 0;
    if (given == 0 && rules.selection.partial_award) given = selection::largest_of(menu, units);
    if (given == 0) {
      made.passed.push_back(
          {each.entry,
           base::Reason("evaluation.does_not_fit").with("asked", each.units).with("left", units)});
      if (blocker == nullptr) blocker = each.entry;
      continue;
    }
    units -= given;
    made.offers.push_back({each.entry, given});
  }
  return made;
}

}  // namespace dure::evaluation
