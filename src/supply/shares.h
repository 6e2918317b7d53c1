// Capacity shared among groups of users by what they asked for, the priority of policy and past results (A6).
//
// Each of the three gives a group its part of the whole; the pack says what each of them weighs. What nobody
// has any of (no answers, no priorities) counts for nothing, and the others for more. The GPUs are
// apportioned exactly, by largest remainder; equal remainders go by the order of the pack's groups, and are
// declared. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/capacity.h"
#include "model/supply_requests.h"
#include "policy/programme_rules.h"

namespace dure::supply {

// Beyond that sum the answers are counted in larger units (rounded down), so that the fractions stay within
// 128 bits: whoever answers with what cannot be makes no survey useless.
inline constexpr std::int64_t kMostDemand = 1'000'000'000'000;

// Whether the pack has that group. Refuses (kInvalid) "supply.group_unknown" {user_group, groups}.
base::Status check_group(const policy::Supply& rules, const std::string& group);

// Refuses (kConflict) "supply.no_groups", "supply.nothing_to_share_by". Answers of a group that the pack does
// not have (any more) count for nothing. REQUIRES: 0 <= gpus <= model::kMostGpus.
base::Result<std::vector<model::GroupShare>> share_among(const policy::Supply& rules,
                                                         const std::vector<model::DemandAnswer>& answers,
                                                         std::int64_t gpus);

}  // namespace dure::supply
