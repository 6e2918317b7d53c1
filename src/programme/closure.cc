#include "programme/closure.h"

#include <algorithm>

#include "programme/award.h"

namespace dure::programme {

using model::AllocationState;

ClosurePlan plan_closure(const model::Allocation& allocation, const policy::Retention& retention) {
  ClosurePlan plan;
  plan.last_day = allocation.ends_on;
  plan.purge_on =
      base::add_days(allocation.ends_on, std::max<std::int64_t>(1, retention.delete_after_end_days));
  plan.notice_on = base::add_days(plan.purge_on, -std::max<std::int64_t>(0, retention.deletion_notice_days));
  plan.kept = retention.holds;
  return plan;
}

std::vector<ClosureStep> steps_due(const model::Allocation& allocation, const ClosurePlan& plan,
                                   bool notified, base::Date today) {
  std::vector<ClosureStep> steps;
  if (allocation.state == AllocationState::kPurged) return steps;
  if (!notified && today >= plan.notice_on) steps.push_back(ClosureStep::kNotify);
  if (allocation.state != AllocationState::kEnded && today > plan.last_day)
    steps.push_back(ClosureStep::kEnd);
  if (today >= plan.purge_on) steps.push_back(ClosureStep::kPurge);
  return steps;
}

bool account_ends(const std::vector<model::Allocation>& allocations_of_account, base::Date today) {
  return std::all_of(allocations_of_account.begin(), allocations_of_account.end(),
                     [&](const auto& allocation) {
                       const auto state = state_on(allocation, today);
                       return state == AllocationState::kEnded || state == AllocationState::kPurged;
                     });
}

std::string_view to_text(ClosureStep step) {
  switch (step) {
    case ClosureStep::kNotify:
      return "notify";
    case ClosureStep::kEnd:
      return "end";
    case ClosureStep::kPurge:
      return "purge";
  }
  return "";
}

}  // namespace dure::programme
