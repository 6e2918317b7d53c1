#include "supply/running_cost.h"

#include <algorithm>

#include "base/quantity.h"
#include "supply/agreement.h"

namespace dure::supply {
namespace {

constexpr std::int64_t kMostYears = 100;  // of a term; longer ones are cut, so that nothing overflows

// In days or weeks a year has 365 days.
std::int64_t of_length(std::int64_t won_a_year, calendar::Length length) {
  const auto of = [&](std::int64_t per_year) {
    return base::multiply_divide(won_a_year, std::min(length.count, kMostYears * per_year), per_year);
  };
  switch (length.unit) {
    case calendar::Unit::kYears:
      return of(1);
    case calendar::Unit::kMonths:
      return of(12);
    case calendar::Unit::kWeeks:
      length.count *= 7;
      return of(365);
    case calendar::Unit::kDays:
      return of(365);
  }
  return won_a_year;
}

}  // namespace

std::optional<RunningCost> running_cost_of(const model::SupplierProposal& proposal,
                                           const policy::Supply& rules) {
  if (!rules.self_use_is_running_cost) return std::nullopt;
  const auto term = rules.agreement_term.value_or(calendar::Length{1, calendar::Unit::kYears});
  const auto share = std::min(proposal.own_use_bp, most_own_use(rules));
  RunningCost cost;
  cost.of_term = {of_length(proposal.running_cost.won, term)};
  cost.own_use = {base::multiply_divide(proposal.price.won, share, model::kWhole)};
  cost.left = {std::max<std::int64_t>(0, cost.of_term.won - cost.own_use.won)};
  return cost;
}

std::optional<base::Reason> told_running_cost(const model::SupplierProposal& proposal,
                                              const policy::Supply& rules) {
  const auto cost = running_cost_of(proposal, rules);
  if (!cost) return std::nullopt;
  return base::Reason("supply.running_cost")
      .with("of_term_won", cost->of_term.won)
      .with("own_use_bp", proposal.own_use_bp)
      .with("own_use_won", cost->own_use.won)
      .with("left_won", cost->left.won);
}

}  // namespace dure::supply
