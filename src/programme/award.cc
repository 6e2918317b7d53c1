#include "programme/award.h"

#include <algorithm>
#include <utility>

#include "programme/decision.h"

namespace dure::programme {
namespace {

using base::ErrorKind;
using base::Reason;
using model::AllocationState;

using Interval = std::pair<base::Instant, base::Instant>;  // [first, second)

// Outages that are over, by their start.
std::vector<Interval> past_outages(const std::vector<model::Outage>& outages,
                                   const std::vector<std::string>& node_ids, base::Instant now) {
  std::vector<Interval> intervals;
  for (const auto& outage : outages)
    if (outage.ended_at && *outage.ended_at <= now && *outage.ended_at > outage.started_at &&
        stops(outage, node_ids))
      intervals.emplace_back(outage.started_at, *outage.ended_at);
  std::sort(intervals.begin(), intervals.end());
  return intervals;
}

// Time within [from, to) that at least one interval covers. REQUIRES: intervals sorted by start.
base::Span covered(const std::vector<Interval>& intervals, base::Instant from, base::Instant to) {
  base::Span sum;
  base::Instant counted_to = from;
  for (const auto& [start, end] : intervals) {
    const auto first = std::max(start, counted_to);
    const auto last = std::min(end, to);
    if (last <= first) continue;
    sum = sum + (last - first);
    counted_to = last;
  }
  return sum;
}

}  // namespace

bool stops(const model::Outage& outage, const std::vector<std::string>& node_ids) {
  if (outage.node_ids.empty()) return true;
  return std::any_of(outage.node_ids.begin(), outage.node_ids.end(), [&](const std::string& id) {
    return std::find(node_ids.begin(), node_ids.end(), id) != node_ids.end();
  });
}

base::Result<AllocationPlan> plan_period(base::Date starts_on, std::int64_t months,
                                         calendar::Length max_period,
                                         const std::optional<base::Date>& use_until) {
  if (!base::valid(starts_on) || months < 1) return base::invalid(Reason("award.period_missing"));
  DURE_TRY(calendar::check_plannable(starts_on));
  if (!period_within(starts_on, months, max_period))
    return base::error(ErrorKind::kNotEver, Reason("award.period_too_long")
                                                .with("months", months)
                                                .with("max_period", calendar::to_text(max_period)));
  if (use_until && starts_on > *use_until)
    return base::error(ErrorKind::kNotEver,
                       Reason("award.use_is_over").with("use_until", base::to_text(*use_until)));
  const auto ends_on = calendar::period_end(starts_on, {months, calendar::Unit::kMonths});
  return AllocationPlan{starts_on, use_until ? std::min(ends_on, *use_until) : ends_on};
}

bool over(AllocationState state) {
  return state == AllocationState::kReclaimed || state == AllocationState::kEnded ||
         state == AllocationState::kPurgeDue || state == AllocationState::kPurged;
}

AllocationState state_on(const model::Allocation& allocation, base::Date today, const StepsBeforeUse& steps) {
  switch (allocation.state) {
    case AllocationState::kReclaimed:
    case AllocationState::kEnded:
    case AllocationState::kPurgeDue:
    case AllocationState::kPurged:
      return allocation.state;
    case AllocationState::kPlanned:
    case AllocationState::kProvisioning:
    case AllocationState::kSetupGrace:
    case AllocationState::kActive:
    case AllocationState::kEnding:
    case AllocationState::kSuspended:
      break;
  }
  if (today > allocation.ends_on) return AllocationState::kEnded;
  const bool begun =
      allocation.state != AllocationState::kPlanned && allocation.state != AllocationState::kSetupGrace;
  if (begun) return allocation.state;
  if (today < allocation.starts_on) return AllocationState::kPlanned;
  const bool in_setup =
      steps.setup_days > 0 &&
      today <= calendar::period_end(allocation.starts_on, {steps.setup_days, calendar::Unit::kDays});
  return in_setup || steps.training_missing ? AllocationState::kSetupGrace : AllocationState::kActive;
}

base::Status may_use(const model::Allocation& allocation, base::Date today) {
  const auto refuse = [](Reason reason) { return base::error(ErrorKind::kConflict, std::move(reason)); };
  if (allocation.state == AllocationState::kSuspended) return refuse(Reason("award.allocation_suspended"));
  const auto state = state_on(allocation, today);
  if (over(state))
    return refuse(Reason("award.allocation_ended").with("ends_on", base::to_text(allocation.ends_on)));
  if (today < allocation.starts_on)
    return refuse(
        Reason("award.allocation_not_begun").with("starts_on", base::to_text(allocation.starts_on)));
  return {};
}

Extension extend_by_outages(const model::Allocation& allocation, const std::vector<model::Outage>& outages,
                            const std::vector<std::string>& node_ids, policy::OutageExtension rule,
                            const calendar::Zone& zone, base::Instant now) {
  Extension extension{allocation.agreed_ends_on, {}, 0};
  if (rule == policy::OutageExtension::kNone) return extension;
  const auto intervals = past_outages(outages, node_ids, now);
  const auto from = calendar::start_of(allocation.starts_on, zone);
  // A longer period may reach further outages, which lengthen it again. What is covered only grows, and never
  // beyond the sum of all outages, so this ends.
  for (;;) {
    const auto lost = covered(intervals, from, calendar::end_of(extension.ends_on, zone));
    if (lost == extension.lost) break;
    extension.lost = lost;
    extension.ends_on = calendar::extended_end(allocation.agreed_ends_on, lost);
  }
  extension.days = base::to_days(extension.ends_on) - base::to_days(allocation.agreed_ends_on);
  return extension;
}

model::Allocation extended(model::Allocation allocation, const Extension& extension, base::Date today,
                           const StepsBeforeUse& steps) {
  const bool moved = extension.ends_on > allocation.ends_on;
  allocation.ends_on = extension.ends_on;
  allocation.outage_given_back = extension.lost;
  if (allocation.state == AllocationState::kEnded && moved && today <= extension.ends_on)
    allocation.state = AllocationState::kActive;
  allocation.state = state_on(allocation, today, steps);
  return allocation;
}

}  // namespace dure::programme
