// How much of an allocation was used, and what the rules propose for it (H2 to H5; invariant 11).
//
// What could have been used is the blocks of the allocation for the time of its period that lies in the
// cycle, without the set-up grace, without outages, and without the time for which the centre itself stopped
// it. What was used is device time. What no device time is known of (a node without the share library, a card
// that nothing computes on) counts as used: nobody loses for what was not measured.
//
// Pure functions of values; units as the names say; they fail only as said.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/quantity.h"
#include "base/result.h"
#include "base/time.h"
#include "calendar/zone.h"
#include "model/award.h"
#include "model/use_review.h"
#include "policy/allocation_rules.h"

namespace dure::programme {

// A whole cycle of the calendar.
struct UsePeriod {
  base::Date from;
  base::Date until;         // last day
  std::int64_t number = 1;  // of the cycles that the use has touched by then
};

// None: the pack has no such cycle.
std::optional<model::UseCycle> cycle_of(policy::ReviewCycle cycle);
// The cycle in which the day lies, and the last one that is over on a day. REQUIRES: starts_on <= the cycle's
// last day.
UsePeriod cycle_around(base::Date day, model::UseCycle cycle, base::Date starts_on);
// All cycles that the allocation touches, up to the one in which the day lies.
std::vector<UsePeriod> cycles_of(const model::Allocation& allocation, base::Date today,
                                 model::UseCycle cycle);

// [from, to)
struct UseSpan {
  base::Instant from;
  base::Instant to;
};

// Set-up grace and outages, as far as the rules except them. An outage that lasts still counts to `now`.
std::vector<UseSpan> exempt_times(const model::Allocation& allocation,
                                  const std::vector<model::Outage>& outages,
                                  const std::vector<std::string>& node_ids, const policy::Utilisation& rules,
                                  std::int64_t setup_grace_days, const calendar::Zone& zone,
                                  base::Instant now);

// From the instant on, so many blocks were given.
struct HeldBlocks {
  base::Instant from;
  std::int64_t blocks = 0;
};

// What counts of a window: the time that no exempt time covers, in order, without overlap (invariant 11).
std::vector<UseSpan> counted_spans(UseSpan window, std::vector<UseSpan> exempt);
base::Span length_of(const std::vector<UseSpan>& spans);

// What could be used in that time. `held` by time, its first not after the first span.
base::Usage given_in(const std::vector<UseSpan>& spans, const std::vector<HeldBlocks>& held);

// The part of the cycle that lies in the allocation's period, and not after `now`; none where nothing does.
std::optional<UseSpan> window_of(const model::Allocation& allocation, const UsePeriod& period,
                                 const calendar::Zone& zone, base::Instant now);

// What the node said of a share over its life.
struct DeviceReading {
  std::int64_t device_ns = 0;
  std::int64_t given_ns = 0;
};

struct UsedTime {
  base::Usage used;
  base::Usage unread;  // of it: no reading says anything
};

// Adds what a share held in the window, as the ledger says, at the rate at which it used what it was given.
void add_use(UsedTime& sum, base::Usage held, const std::optional<DeviceReading>& reading);

// In basis points, rounded down; none where nothing was given.
std::optional<std::int64_t> ratio_bp(base::Usage used, base::Usage given);

// Of a plan with a whole number of GPU hours for each quarter from the first day of use on (H5): what falls
// into the days, each quarter spread evenly over its own. None where the plan says nothing of them.
std::optional<base::Usage> planned_in(const std::vector<std::int64_t>& gpu_hours, base::Date starts_on,
                                      base::Date from, base::Date until);

// The same of the cycle after that one, up to the last day of the allocation (H4). None where it ends before.
std::optional<base::Usage> planned_next(const std::vector<std::int64_t>& gpu_hours,
                                        const model::Allocation& allocation, const UsePeriod& period,
                                        model::UseCycle cycle);

// Which amounts of a pool there are: multiples of a unit, or those of a menu.
struct BlockSteps {
  std::int64_t unit = 1;
  std::vector<std::int64_t> menu;                    // blocks, rising; empty: any multiple
  bool holds(std::int64_t blocks) const;             // 0 is always one
  std::int64_t at_least(std::int64_t blocks) const;  // the smallest that is not less; `blocks` where none is
  std::int64_t at_most(std::int64_t blocks) const;   // the largest that is not more; 0 where none is
};
BlockSteps steps_of(const policy::Pool& pool);

struct UseSeen {
  std::int64_t number = 1;  // of the cycle
  std::int64_t blocks = 0;
  std::optional<std::int64_t> used_bp;
  std::optional<std::int64_t> plan_bp;
  std::optional<base::Usage> next_planned;
};

struct UseProposal {
  model::UseMeasure measure = model::UseMeasure::kKeep;
  std::int64_t blocks = 0;  // that are left, or will be
  std::vector<base::Reason> reasons;
  bool operator==(const UseProposal&) const = default;
};

// What the bands say. Never more is taken than was unused; what is left is rounded up to what the pool has,
// so that a rounding burdens nobody. Who did what he planned loses nothing where the pack compares with the
// plan. What is planned for the next cycle stands among the reasons, for whoever decides (H4). None where the
// pack has no bands, or only such as lead to a measure that it does not have: a person proposes.
std::optional<UseProposal> propose(const UseSeen& seen, const policy::Utilisation& rules,
                                   const BlockSteps& steps);

// Whether it takes something from somebody.
bool burdens(model::UseMeasure measure);

// Whether a measure and the blocks that it leaves go together. Refuses (kInvalid)
// "utilisation.measure_not_allowed" {measure, allowed}, "utilisation.blocks_wrong" {measure, blocks, held},
// "utilisation.blocks_not_in_unit" {blocks, unit}.
base::Status check_measure(model::UseMeasure measure, std::int64_t blocks, std::int64_t held,
                           const policy::Utilisation& rules, const BlockSteps& steps);

// The allocation after the measure: fewer or more blocks, cores and memory in proportion (rounded up where
// less is left), or reclaimed. What is not left is free for others from then on (supply/capacity.h counts
// what is given). REQUIRES: check_measure() holds for the allocation's blocks.
model::Allocation applied(model::Allocation allocation, model::UseMeasure measure, std::int64_t blocks);

model::UseMeasure to_model(policy::UseMeasure measure);

}  // namespace dure::programme
