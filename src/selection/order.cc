#include "selection/order.h"

#include <algorithm>
#include <tuple>

namespace dure::selection {

Order::Order(const SelectionRules& rules) : rules_(rules) {
  const auto& criteria = rules.evaluation.criteria;
  for (std::size_t i = 0; i < criteria.size(); ++i)
    if (criteria[i].tie_order > 0) criteria_.push_back(i);
  std::sort(criteria_.begin(), criteria_.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(criteria[a].tie_order, a) < std::pair(criteria[b].tie_order, b);
  });
}

std::strong_ordering Order::by_priority(const Candidate& a, const Candidate& b) const {
  if (rules_.selection.priority_effect != policy::PriorityEffect::kRank) return std::strong_ordering::equal;
  return a.priority <=> b.priority;  // kNone is the largest
}

// Ends with the time of submission and the id, whatever the pack lists.
std::strong_ordering Order::by_ties(const Candidate& a, const Candidate& b, TieDecision* decision) const {
  const auto decided = [&](TieDecision::By by, std::size_t criterion) {
    if (decision != nullptr) *decision = {by, criterion};
  };
  const auto time = a.application->submitted_at <=> b.application->submitted_at;
  for (const policy::TieBreak each : rules_.selection.tie_break) {
    if (each == policy::TieBreak::kSubmissionTime && std::is_neq(time)) {
      decided(TieDecision::By::kTime, kNone);
      return time;
    }
    if (each != policy::TieBreak::kCriteria || !rules_.scored()) continue;
    for (const std::size_t criterion : criteria_) {
      const auto more = b.score.criteria[criterion] <=> a.score.criteria[criterion];
      if (std::is_eq(more)) continue;
      decided(TieDecision::By::kCriterion, criterion);
      return more;
    }
  }
  decided(std::is_neq(time) ? TieDecision::By::kTime : TieDecision::By::kId, kNone);
  if (std::is_neq(time)) return time;
  const int bytes = a.application->id.compare(b.application->id);
  return bytes <=> 0;
}

TieDecision Order::tie(const Candidate& a, const Candidate& b) const {
  TieDecision decision;
  by_ties(a, b, &decision);
  return decision;
}

std::vector<Candidate*> Order::rank(std::vector<Candidate>& candidates) const {
  std::vector<Candidate*> ranked;
  for (auto& candidate : candidates)
    if (candidate.above) ranked.push_back(&candidate);
  std::sort(ranked.begin(), ranked.end(),
            [this](const Candidate* a, const Candidate* b) { return std::is_lt(by_ties(*a, *b, nullptr)); });
  for (std::size_t i = 0; i < ranked.size(); ++i) ranked[i]->tie_place = i;
  std::sort(ranked.begin(), ranked.end(), [this](const Candidate* a, const Candidate* b) {
    if (const auto priority = by_priority(*a, *b); std::is_neq(priority)) return std::is_lt(priority);
    if (const auto total = b->total <=> a->total; std::is_neq(total)) return std::is_lt(total);
    return a->tie_place < b->tie_place;
  });
  for (std::size_t i = 0; i < ranked.size(); ++i) ranked[i]->rank = static_cast<std::int64_t>(i) + 1;
  return ranked;
}

bool Order::evaluated_before(const Candidate& a, const Candidate& b) {
  return std::tie(a.priority, a.application->submitted_at, a.application->id) <
         std::tie(b.priority, b.application->submitted_at, b.application->id);
}

}  // namespace dure::selection
