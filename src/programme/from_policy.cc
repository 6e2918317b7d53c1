#include "programme/from_policy.h"

#include <algorithm>
#include <array>

namespace dure::programme {
namespace {

constexpr std::array kScreeningKeys{"eligibility.include",
                                    "eligibility.exclude",
                                    "eligibility.person_decides",
                                    "application.kinds",
                                    "application.required_fields",
                                    "application.environments",
                                    "application.guideline_consent_required",
                                    "application.privacy_consent_required",
                                    "application.signature_required",
                                    "application.form",
                                    "application.data_precheck",
                                    "award.max_period",
                                    "offer.ceiling",
                                    "offer.pools",
                                    "documents.list"};

policy::Pool pool_of(const policy::Pack& pack, const std::string& id) {
  for (const auto& pool : pack.offer.pools)
    if (id.empty() || pool.id == id) return pool;
  policy::Pool unbound;
  unbound.unit = policy::OfferUnit::kBlock;
  return unbound;
}

bool holds(const std::vector<policy::Condition>& when, const model::Form1& form, const Facts& facts) {
  return evaluate(when, form, facts).answer == Answer::kYes;
}

// The first rate that holds; matching levels exclude each other.
void add_matching(const policy::Billing& billing, const model::Form1& form, const Facts& facts,
                  std::vector<Factor>& factors) {
  for (const auto& rule : billing.matching)
    if (holds(rule.when, form, facts)) {
      factors.push_back({Factor::Kind::kMatching, rule.id, {rule.rate_bp}});
      return;
    }
}

void add_discounts(const policy::Billing& billing, const model::Form1& form, const Facts& facts,
                   std::vector<Factor>& factors) {
  for (const auto& rule : billing.discounts)
    if (holds(rule.when, form, facts)) factors.push_back({Factor::Kind::kDiscount, rule.id, {rule.rate_bp}});
}

void add_waiver(const policy::Billing& billing, const model::Form1& form, const Facts& facts,
                std::vector<Factor>& factors) {
  for (const auto& rule : billing.waivers)
    if (holds(rule.all, form, facts)) {
      factors.push_back({Factor::Kind::kWaiver, rule.id, {}});
      return;
    }
}

std::vector<policy::RateStep> steps_of(const policy::Billing& billing) {
  if (!billing.order.empty()) return billing.order;
  return {policy::RateStep::kMatching, policy::RateStep::kDiscount, policy::RateStep::kWaiver};
}

}  // namespace

ScreeningRules screening_rules(const policy::Pack& pack, const std::string& pool) {
  ScreeningRules rules;
  rules.eligibility = pack.eligibility;
  rules.application = pack.application;
  rules.documents = pack.documents;
  rules.ceiling = pack.offer.ceiling;
  rules.pool = pool_of(pack, pool);
  rules.max_period = pack.award.max_period;
  rules.resident_numbers_refused = pack.privacy.resident_numbers_refused;
  for (const char* key : kScreeningKeys)
    if (const auto* found = pack.provenance(key); found != nullptr) rules.sources[key] = found->source;
  return rules;
}

DecisionLimits decision_limits(const policy::Pack& pack, const std::string& pool) {
  return {pack.offer.ceiling, pool_of(pack, pool), pack.award.max_period};
}

PriceRules price_rules(const policy::Billing& billing, const std::string& free_source,
                       const model::Form1& form, const Facts& facts) {
  PriceRules rules;
  for (const auto& price : billing.prices)
    rules.prices.push_back({price.id, price.model, price.unit, price.price, price.source});
  rules.rounding = billing.rounding;
  if (billing.free_during_programme)
    rules.free_rule = "billing.free_during_programme" + (free_source.empty() ? "" : ", " + free_source);
  for (const auto step : steps_of(billing)) switch (step) {
      case policy::RateStep::kMatching:
        add_matching(billing, form, facts, rules.factors);
        break;
      case policy::RateStep::kDiscount:
        add_discounts(billing, form, facts, rules.factors);
        break;
      case policy::RateStep::kWaiver:
        add_waiver(billing, form, facts, rules.factors);
        break;
    }
  return rules;
}

}  // namespace dure::programme
