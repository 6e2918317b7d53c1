// From an award to an allocation, and what lengthens it (F5, F6; S0 articles 6 and 10(2)2).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "calendar/period.h"
#include "calendar/zone.h"
#include "model/award.h"
#include "policy/allocation_rules.h"

namespace dure::programme {

struct AllocationPlan {
  base::Date starts_on;
  base::Date ends_on;  // last day of use: 6 months from 2026-09-01 end on 2027-02-28
};

// The period of an award by the calendar. Refuses (kNotEver) "award.period_too_long" {months, max_period} and
// (kInvalid) "award.period_missing". An award that was made before the pack set `use_until` (award.use_until)
// is used until that day; (kNotEver) "award.use_is_over" {use_until} where it begins after it.
base::Result<AllocationPlan> plan_period(base::Date starts_on, std::int64_t months,
                                         calendar::Length max_period,
                                         const std::optional<base::Date>& use_until = std::nullopt);

// What comes between the first day and the use, where the pack's steps name it (F3): so many days of set-up,
// and the training. Neither: the use begins on the first day.
struct StepsBeforeUse {
  std::int64_t setup_days = 0;
  bool training_missing = false;  // nobody who may use it has been through the training that the steps want
};

// The state that an allocation has on a day by its dates and the steps before its use: planned, in set-up,
// active or ended. What is active does not go back; suspended, purged and the like are set by decisions and
// stay.
model::AllocationState state_on(const model::Allocation& allocation, base::Date today,
                                const StepsBeforeUse& steps = {});

// Whether its use is over: ended, reclaimed, or what comes after.
bool over(model::AllocationState state);

// Whether something may start on it now. Refuses (kConflict): "award.allocation_not_begun" {starts_on},
// "award.allocation_ended" {ends_on}, "award.allocation_suspended".
base::Status may_use(const model::Allocation& allocation, base::Date today);

// Whether the outage stops what runs on those nodes: it is of the whole centre, or of one of them.
bool stops(const model::Outage& outage, const std::vector<std::string>& node_ids);

struct Extension {
  base::Date ends_on;
  base::Span lost;        // time of outages within the period, counted once where they overlap
  std::int64_t days = 0;  // given back in all: `lost` in whole days, rounded up
};

// The end of the allocation after all outages that are over by `now`. Always computed from agreed_ends_on, so
// that doing it twice gives nothing twice; an outage during the extension lengthens it again. Only
// whole-centre outages and those of `node_ids` count: the nodes on which the allocation's workloads may run.
Extension extend_by_outages(const model::Allocation& allocation, const std::vector<model::Outage>& outages,
                            const std::vector<std::string>& node_ids, policy::OutageExtension rule,
                            const calendar::Zone& zone, base::Instant now);

// The allocation with that end, and its state of the day. One that had ended is active again where its end
// moved to the day or beyond.
model::Allocation extended(model::Allocation allocation, const Extension& extension, base::Date today,
                           const StepsBeforeUse& steps = {});

}  // namespace dure::programme
