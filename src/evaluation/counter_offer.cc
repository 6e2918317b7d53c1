#include "evaluation/counter_offer.h"

#include <optional>
#include <tuple>

#include "evaluation/inputs.h"
#include "programme/decision.h"

namespace dure::evaluation {
namespace {

base::Error not_this_amount(const base::Reason& reason) {
  return base::invalid(reason, {{"/resources", reason}});
}

// What was left open is not exceeded by what the pool gives of it.
std::optional<base::Reason> larger(const model::ResourceAmount& asked, const model::ResourceAmount& offered) {
  const std::tuple<const char*, std::int64_t, std::int64_t> amounts[] = {
      {"blocks", asked.blocks, offered.blocks},
      {"cpu_cores", asked.cpu_cores, offered.cpu_cores},
      {"memory_bytes", asked.memory.value, offered.memory.value},
      {"storage_bytes", asked.storage.value, offered.storage.value}};
  for (const auto& [resource, wanted, given] : amounts)
    if (wanted != 0 && given > wanted)
      return base::Reason("counter_offer.larger")
          .with("resource", std::string(resource))
          .with("asked", wanted)
          .with("offered", given);
  return std::nullopt;
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
  if (const auto reason = larger(asked.amount, offered.amount)) return not_this_amount(*reason);
  if (const auto reason = programme::not_offered_by(offered.amount, pool)) return not_this_amount(*reason);
  const auto over = programme::over_ceiling(offered.amount, ceiling);
  if (!over.empty()) return not_this_amount(over.front());
  return {};
}

}  // namespace dure::evaluation
