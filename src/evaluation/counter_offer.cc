#include "evaluation/counter_offer.h"

#include "evaluation/inputs.h"
#include "programme/decision.h"

namespace dure::evaluation {
namespace {

base::Error not_this_amount(const base::Reason& reason) {
  return base::invalid(reason, {{"/resources", reason}});
}

}  // namespace

model::ResourceAmount in_proportion(const model::ResourceAmount& asked,
                                    const model::ResourceAmount& offered) {
  auto whole = amount_of(asked, offered.blocks);
  whole.model = offered.model;
  whole.blocks = offered.blocks;
  if (offered.cpu_cores != 0) whole.cpu_cores = offered.cpu_cores;
  if (offered.memory.value != 0) whole.memory = offered.memory;
  if (offered.storage.value != 0) whole.storage = offered.storage;
  return whole;
}

base::Status check_counter_offer(const PoolAmount& asked, const PoolAmount& offered, const policy::Pool& pool,
                                 const policy::Ceiling& ceiling) {
  if (offered.pool == asked.pool && offered.amount == asked.amount)
    return not_this_amount(base::Reason("counter_offer.the_same"));
  if (offered.amount.blocks > asked.amount.blocks)
    return not_this_amount(base::Reason("counter_offer.larger")
                               .with("asked", asked.amount.blocks)
                               .with("offered", offered.amount.blocks));
  if (const auto reason = programme::not_offered_by(offered.amount, pool)) return not_this_amount(*reason);
  const auto over = programme::over_ceiling(offered.amount, ceiling);
  if (!over.empty()) return not_this_amount(over.front());
  return {};
}

}  // namespace dure::evaluation
