// What may be changed of an allocation that runs, on request (F2, F14; S0 article 4(2)1, 4(5), 6). Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "calendar/period.h"
#include "model/allocation_action.h"
#include "model/award.h"
#include "policy/allocation_rules.h"

namespace dure::programme {

// What a pack says of the changes, and where the programme ends.
struct ActionRules {
  policy::Pool pool;  // of the allocation
  policy::Ceiling ceiling;
  policy::Award award;
  std::optional<base::Date> use_until;  // the programme's end, or award.use_until, whichever comes first
};

// Whether the pack, the ceiling of an account (F14) and the menu let the action be, whatever is free. Refuses
// (kConflict) "allocation_action.allocation_over" {state}, "allocation_action.no_top_up",
// "allocation_action.not_extendable"; (kInvalid) "allocation_action.starts_wrong" {starts_on, from, until},
// "allocation_action.blocks_wrong" {blocks, held}, "allocation_action.not_later" {ends_on},
// "allocation_action.period_too_long" {last}, and what not_offered_by() and over_ceiling() say.
base::Status check_action(const model::Allocation& allocation, const model::AllocationAction& action,
                          const ActionRules& rules, base::Date today);

// The allocation after it. REQUIRES: check_action() holds.
model::Allocation acted(model::Allocation allocation, const model::AllocationAction& action);

// So many blocks of the cards that a pool has on one of the allocation's days from `from` on, less what
// others have been given of it: the smallest of all days; may be below 0. What is over counts for nothing.
// Amounts of one model take of that model, those without a model of any: REQUIRES that `cards_blocks` are of
// the allocation's model and `others` of that model or of none.
std::int64_t slack_blocks(const model::Allocation& allocation, std::int64_t cards_blocks,
                          const std::vector<model::Allocation>& others, base::Date from);

}  // namespace dure::programme
