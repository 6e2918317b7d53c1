#include "policy/billing_consistency.h"

#include <set>
#include <string>
#include <vector>

#include "policy/names.h"

namespace dure::policy {
namespace {

using Refuse = std::function<void(std::string_view, base::Reason)>;

template <class Rule>
void unique_ids(std::string_view key, const std::vector<Rule>& rules, const Refuse& refuse) {
  std::set<std::string> seen;
  for (const Rule& rule : rules)
    if (!seen.insert(rule.id).second) refuse(key, base::Reason("policy.listed_twice").with("name", rule.id));
}

// Two prices by the hour are one kind, however they are written.
int kind_of(PriceUnit unit) {
  return unit == PriceUnit::kMilliGpuHour ? static_cast<int>(PriceUnit::kGpuHour) : static_cast<int>(unit);
}

bool meet(const PriceItem& a, const PriceItem& b) {
  const bool a_ends_first = a.until && b.from && *a.until < *b.from;
  const bool b_ends_first = b.until && a.from && *b.until < *a.from;
  return a.model == b.model && kind_of(a.unit) == kind_of(b.unit) && !a_ends_first && !b_ends_first;
}

void check_prices(const Billing& billing, const Refuse& refuse) {
  const auto& prices = billing.prices;
  unique_ids("billing.prices", prices, refuse);
  for (std::size_t i = 0; i < prices.size(); ++i) {
    const PriceItem& item = prices[i];
    if (item.from && item.until && *item.until < *item.from)
      refuse("billing.prices", base::Reason("policy.ends_before_it_begins")
                                   .with("name", item.id)
                                   .with("from", base::to_text(*item.from))
                                   .with("until", base::to_text(*item.until)));
    if (billing.free_during_programme && item.price.won != 0)
      refuse("billing.prices", base::Reason("policy.price_while_free").with("name", item.id));
    for (std::size_t j = 0; j < i; ++j)
      if (meet(prices[j], item))
        refuse("billing.prices",
               base::Reason("policy.prices_overlap").with("name", item.id).with("other", prices[j].id));
  }
}

void check_scales(const Billing& billing, const Refuse& refuse) {
  unique_ids("billing.scales", billing.scales, refuse);
  for (const ScaleRule& scale : billing.scales)
    for (std::size_t i = 0; i + 1 < scale.bands.size(); ++i) {
      const auto& here = scale.bands[i].up_to;
      const auto& next = scale.bands[i + 1].up_to;
      if (!here || (next && *next <= *here)) {
        refuse("billing.scales", base::Reason("policy.not_rising").with("name", scale.id));
        break;
      }
    }
}

// A step that the order leaves out would silently never apply.
void check_order(const Billing& billing, const Refuse& refuse) {
  std::set<RateStep> steps;
  for (const RateStep step : billing.order)
    if (!steps.insert(step).second)
      refuse("billing.order", base::Reason("policy.listed_twice").with("name", std::string(name_of(step))));
  if (steps.empty()) return;
  const auto need = [&](bool used, RateStep step) {
    if (used && steps.count(step) == 0)
      refuse("billing.order", base::Reason("policy.step_missing").with("name", std::string(name_of(step))));
  };
  need(!billing.matching.empty() || !billing.scales.empty(), RateStep::kMatching);
  need(!billing.discounts.empty(), RateStep::kDiscount);
  need(!billing.waivers.empty(), RateStep::kWaiver);
}

}  // namespace

void check_billing(const Billing& billing, const Refuse& refuse) {
  check_prices(billing, refuse);
  check_scales(billing, refuse);
  unique_ids("billing.matching", billing.matching, refuse);
  unique_ids("billing.discounts", billing.discounts, refuse);
  check_order(billing, refuse);
}

}  // namespace dure::policy
