#include "programme/allocation_action.h"

#include <algorithm>
#include <set>

#include "programme/award.h"
#include "programme/decision.h"
#include "programme/utilisation.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::AllocationActionKind;

base::Error not_asked_rightly(const std::string& pointer, const Reason& reason) {
  return base::invalid(reason, {{pointer, reason}});
}
base::Error not_in_this_pack(const char* code) {
  return base::error(base::ErrorKind::kConflict, Reason(code));
}

base::Status check_running(const model::Allocation& allocation) {
  if (!over(allocation.state) && allocation.state != model::AllocationState::kSuspended) return {};
  return base::error(base::ErrorKind::kConflict,
                     Reason("allocation_action.allocation_over")
                         .with("state", std::string(model::to_text(allocation.state))));
}

base::Status check_first_day(const model::Allocation& allocation, const model::AllocationAction& action,
                             base::Date today) {
  const auto from = std::max(today, allocation.starts_on);
  if (from <= action.starts_on && action.starts_on <= allocation.ends_on) return {};
  return not_asked_rightly("/starts_on", Reason("allocation_action.starts_wrong")
                                             .with("starts_on", base::to_text(action.starts_on))
                                             .with("from", base::to_text(from))
                                             .with("until", base::to_text(allocation.ends_on)));
}

base::Status check_amount(const model::Allocation& allocation, const model::AllocationAction& action,
                          const ActionRules& rules) {
  const bool less = action.kind == AllocationActionKind::kReduction;
  if (!less && !rules.award.top_up) return not_in_this_pack("allocation_action.no_top_up");
  if (action.blocks < 1 || (less && action.blocks >= allocation.limit.blocks))
    return not_asked_rightly("/blocks", Reason("allocation_action.blocks_wrong")
                                            .with("blocks", action.blocks)
                                            .with("held", allocation.limit.blocks));
  const auto after = acted(allocation, action).limit;
  if (const auto reason = not_offered_by(after, rules.pool)) return not_asked_rightly("/blocks", *reason);
  if (less) return {};
  const auto beyond = over_ceiling(after, rules.ceiling);
  if (!beyond.empty()) return not_asked_rightly("/blocks", beyond.front());
  return {};
}

base::Status check_end(const model::Allocation& allocation, const model::AllocationAction& action,
                       const ActionRules& rules) {
  if (!rules.award.extendable) return not_in_this_pack("allocation_action.not_extendable");
  if (!action.ends_on || !base::valid(*action.ends_on) || *action.ends_on <= allocation.agreed_ends_on)
    return not_asked_rightly(
        "/ends_on",
        Reason("allocation_action.not_later").with("ends_on", base::to_text(allocation.agreed_ends_on)));
  auto last = calendar::period_end(allocation.starts_on, rules.award.max_period);
  if (rules.use_until) last = std::min(last, *rules.use_until);
  if (*action.ends_on <= last) return {};
  return not_asked_rightly("/ends_on",
                           Reason("allocation_action.period_too_long").with("last", base::to_text(last)));
}

bool shares_a_day(const model::Allocation& one, const model::Allocation& other) {
  return one.starts_on <= other.ends_on && other.starts_on <= one.ends_on;
}

}  // namespace

base::Status check_action(const model::Allocation& allocation, const model::AllocationAction& action,
                          const ActionRules& rules, base::Date today) {
  DURE_TRY(check_running(allocation));
  DURE_TRY(check_first_day(allocation, action, today));
  if (action.kind == AllocationActionKind::kExtension) return check_end(allocation, action, rules);
  return check_amount(allocation, action, rules);
}

model::Allocation acted(model::Allocation allocation, const model::AllocationAction& action) {
  switch (action.kind) {
    case AllocationActionKind::kExtension:
      allocation.agreed_ends_on = action.ends_on.value_or(allocation.agreed_ends_on);
      allocation.ends_on = std::max(allocation.ends_on, allocation.agreed_ends_on);
      return allocation;
    case AllocationActionKind::kSupplement: {
      const auto blocks = allocation.limit.blocks + action.blocks;
      return applied(std::move(allocation), model::UseMeasure::kIncrease, blocks);
    }
    case AllocationActionKind::kReduction: {
      const auto blocks = allocation.limit.blocks - action.blocks;
      return applied(std::move(allocation), model::UseMeasure::kReduce, blocks);
    }
  }
  return allocation;
}

std::int64_t slack_blocks(const model::Allocation& allocation, std::int64_t cards_blocks,
                          const std::vector<model::Allocation>& others, base::Date from) {
  const auto first = std::max(from, allocation.starts_on);
  std::set<base::Date> days{first};
  for (const auto& each : others)
    if (shares_a_day(allocation, each)) days.insert(std::max(first, each.starts_on));
  std::int64_t most = 0;  // that others have on one day
  for (const auto day : days) {
    std::int64_t given = 0;
    for (const auto& each : others)
      if (!over(each.state) && each.starts_on <= day && day <= each.ends_on) given += each.limit.blocks;
    most = std::max(most, given);
  }
  return cards_blocks - most;
}

}  // namespace dure::programme
