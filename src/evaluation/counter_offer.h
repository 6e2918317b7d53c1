// What may be offered in place of a resource that is not available (F11; S1 page 2). Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "model/application.h"
#include "policy/allocation_rules.h"

namespace dure::evaluation {

// An amount of one of the pack's pools.
struct PoolAmount {
  std::string pool;
  model::ResourceAmount amount;
};

// What an officer writes, whole: cores and memory that are left out (0) are as asked for in proportion to the
// blocks, storage as asked for.
model::ResourceAmount in_proportion(const model::ResourceAmount& asked, const model::ResourceAmount& offered);

// Whether `offered` may stand in for `asked`: of the pool's menu, within the ceiling of an account (F14),
// another pool, another accelerator or less, and never more (invariant 7). Refuses (kInvalid)
// "counter_offer.the_same", "counter_offer.larger" {asked, offered}, and as "/resources" what
// programme::not_offered_by() and programme::over_ceiling() say. REQUIRES: `pool` is the pool of `offered`.
base::Status check_counter_offer(const PoolAmount& asked, const PoolAmount& offered, const policy::Pool& pool,
                                 const policy::Ceiling& ceiling);

}  // namespace dure::evaluation
