#include "programme/closure.h"

#include <algorithm>

#include "calendar/deadline.h"
#include "programme/award.h"

namespace dure::programme {

using model::AllocationState;

calendar::Length days_after_end(const policy::Retention& retention) {
  return {std::max<std::int64_t>(1, retention.delete_after_end_days), calendar::Unit::kDays};
}

ClosurePlan plan_closure(const model::Allocation& allocation, const policy::Retention& retention) {
  ClosurePlan plan;
  plan.last_day = allocation.ends_on;
  plan.purge_on = calendar::period_end(allocation.ends_on, days_after_end(retention), calendar::kAfterEvent);
  plan.notice_on =
      calendar::lead_day(plan.purge_on, std::max<std::int64_t>(0, retention.deletion_notice_days));
  plan.kept = retention.holds;
  return plan;
}

std::vector<ClosureStep> steps_due(const model::Allocation& allocation, const ClosurePlan& plan,
                                   bool notified, base::Date today) {
  std::vector<ClosureStep> steps;
  if (allocation.state == AllocationState::kPurged) return steps;
  if (!notified && today >= plan.notice_on) steps.push_back(ClosureStep::kNotify);
  const bool reclaimed = allocation.state == AllocationState::kReclaimed;
  if (reclaimed || (!over(allocation.state) && today > plan.last_day)) steps.push_back(ClosureStep::kEnd);
  if (today >= plan.purge_on) steps.push_back(ClosureStep::kPurge);
  return steps;
}

bool account_ends(const std::vector<model::Allocation>& allocations_of_account, base::Date today) {
  return std::all_of(allocations_of_account.begin(), allocations_of_account.end(),
                     [&](const auto& allocation) { return over(state_on(allocation, today)); });
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
