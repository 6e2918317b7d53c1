#include "selection/rules.h"

#include <algorithm>
#include <array>

#include "policy/names.h"
#include "programme/words.h"

namespace dure::selection {
namespace {

constexpr std::int64_t kMilliOfBlock = 10;
constexpr std::int64_t kMilliOfGpu = 1000;

// Milli-GPU of one unit; 0 where the pool does not fix the size of its server.
std::int64_t milli_of(model::AmountUnit unit, const policy::Pool& pool) {
  switch (unit) {
    case model::AmountUnit::kBlock:
      return kMilliOfBlock;
    case model::AmountUnit::kGpu:
      return kMilliOfGpu;
    case model::AmountUnit::kServer:
      return kMilliOfGpu * pool.gpus_per_unit;
  }
  return 0;
}

base::Error refused(base::Reason reason) {
  base::Detail detail{"/pool", reason};
  return base::invalid(std::move(reason), {std::move(detail)});
}

base::Result<policy::Pool> pool_of(const policy::Pack& pack, const std::optional<std::string>& wanted) {
  const auto& pools = pack.offer.pools;
  std::vector<std::string> ids;
  ids.reserve(pools.size());
  for (const auto& pool : pools) ids.push_back(pool.id);
  if (wanted) {
    const auto found =
        std::find_if(pools.begin(), pools.end(), [&](const auto& pool) { return pool.id == *wanted; });
    if (found != pools.end()) return *found;
    return refused(base::Reason("selection.pool_unknown")
                       .with("pool", *wanted)
                       .with("pools", ids.empty() ? "-" : programme::joined(ids)));
  }
  if (pools.size() > 1)
    return refused(base::Reason("selection.pool_missing").with("pools", programme::joined(ids)));
  return pools.empty() ? policy::Pool{} : pools.front();
}

// The keys that a selection reads: where each value comes from goes with every step that it decides.
constexpr std::array kKeys{"call.tracks",
                           "eligibility.include",
                           "evaluation.mode",
                           "evaluation.min_reviews",
                           "evaluation.criteria",
                           "evaluation.threshold_points",
                           "evaluation.bonuses",
                           "evaluation.bonus_cap_points",
                           "evaluation.consolidation",
                           "evaluation.panel_may_change",
                           "offer.pools",
                           "selection.priority_classes",
                           "selection.reservations",
                           "selection.institution_cap_bp",
                           "selection.institution_penalty_points",
                           "selection.balance",
                           "selection.partial_award",
                           "selection.pass_over",
                           "selection.waiting_list",
                           "selection.tie_break",
                           "sanctions.grounds",
                           "supply.conditional_capacity"};

}  // namespace

const std::string& SelectionRules::source(std::string_view key) const {
  static const std::string kNoSource;
  const auto found = sources.find(key);
  return found == sources.end() ? kNoSource : found->second;
}

const policy::Track* SelectionRules::track(const std::string& id) const {
  const auto found =
      std::find_if(tracks.begin(), tracks.end(), [&](const auto& each) { return each.id == id; });
  return found == tracks.end() ? nullptr : &*found;
}

base::Result<SelectionRules> rules_of(const policy::Pack& pack, const std::optional<std::string>& pool) {
  DURE_LET(chosen, pool_of(pack, pool));
  SelectionRules rules;
  rules.programme = pack.meta.programme;
  rules.policy_hash = pack.hash();
  rules.evaluation = pack.evaluation;
  rules.selection = pack.selection;
  rules.pool = chosen;
  rules.tracks = pack.call.tracks;
  rules.conditional_capacity = pack.supply.conditional_capacity;
  rules.zone = policy::zone_of(pack);
  for (const char* key : kKeys)
    if (const auto* provenance = pack.provenance(key)) rules.sources[key] = provenance->source;
  return rules;
}

model::AmountUnit unit_of(const policy::Pool& pool) {
  switch (pool.unit) {
    case policy::OfferUnit::kBlock:
      return model::AmountUnit::kBlock;
    case policy::OfferUnit::kGpu:
      return model::AmountUnit::kGpu;
    case policy::OfferUnit::kServer:
      return model::AmountUnit::kServer;
  }
  return model::AmountUnit::kGpu;
}

std::optional<std::int64_t> units_within(const model::UnitAmount& amount, const policy::Pool& pool) {
  const auto unit = unit_of(pool);
  if (amount.unit == unit) return amount.count;
  const std::int64_t from = milli_of(amount.unit, pool);
  const std::int64_t to = milli_of(unit, pool);
  if (from == 0 || to == 0) return std::nullopt;
  return base::multiply_divide(amount.count, from, to);
}

std::optional<std::int64_t> whole_units(const model::UnitAmount& amount, const policy::Pool& pool) {
  const auto units = units_within(amount, pool);
  if (!units || amount.unit == unit_of(pool)) return units;
  const bool whole = base::Wide{*units} * milli_of(unit_of(pool), pool) ==
                     base::Wide{amount.count} * milli_of(amount.unit, pool);
  return whole ? units : std::nullopt;
}

std::vector<std::int64_t> menu_of(const policy::Pool& pool) {
  std::vector<std::int64_t> menu;
  const std::int64_t unit = milli_of(unit_of(pool), pool);
  for (const auto& amount : pool.unit_menu)
    if (unit != 0) menu.push_back(amount.value / unit);  // whole: policy/consistency.cc has seen to it
  return menu;
}

std::int64_t largest_of(const std::vector<std::int64_t>& menu, std::int64_t most) {
  if (menu.empty()) return std::max<std::int64_t>(most, 0);
  std::int64_t largest = 0;
  for (const std::int64_t amount : menu)
    if (amount <= most) largest = amount;
  return largest;
}

}  // namespace dure::selection
