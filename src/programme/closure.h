// The end of an allocation: when account and data are deleted, and who is told before (L1, R12, invariant 17;
// S0 articles 6(2) and 10(6)).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "calendar/period.h"
#include "model/access.h"
#include "model/award.h"
#include "policy/account_rules.h"

namespace dure::programme {

struct ClosurePlan {
  base::Date last_day;            // of use
  base::Date notice_on;           // users are told what will be deleted
  base::Date purge_on;            // account and data are deleted on this day
  std::vector<std::string> kept;  // kinds of records kept under another law
};
// How long after the last day of use the deletion falls: at least a day, so that the last day is whole.
calendar::Length days_after_end(const policy::Retention& retention);
ClosurePlan plan_closure(const model::Allocation& allocation, const policy::Retention& retention);

// What is to be done with one allocation on a day, in this order; empty: nothing.
enum class ClosureStep { kNotify, kEnd, kPurge };
std::vector<ClosureStep> steps_due(const model::Allocation& allocation, const ClosurePlan& plan,
                                   bool notified, base::Date today);

// Whether the account may be deleted with this allocation: not while another allocation of its projects runs.
bool account_ends(const std::vector<model::Allocation>& allocations_of_account, base::Date today);

std::string_view to_text(ClosureStep step);

}  // namespace dure::programme
