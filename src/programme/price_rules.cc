#include "programme/price_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "calendar/period.h"

namespace dure::programme {
namespace {

using base::Reason;

// Makes the rules of one day. Each step of the order adds its factors.
class Maker {
 public:
  Maker(const policy::Billing& billing, const BillingSources& sources, const model::Form1& form,
        const Facts& facts, base::Date day)
      : billing_(billing), sources_(sources), form_(form), facts_(facts) {
    facts_.use_on = day;
    if (facts_.open_source_from)
      facts_.open_source =
          *facts_.open_source_from <= day && (!facts_.open_source_until || day <= *facts_.open_source_until);
    take_prices(day);
    rules_.rounding = billing_.rounding;
    rules_.part_month = billing_.part_month;
    rules_.rounding_source = sources_.rounding;
    if (billing_.free_during_programme) {
      rules_.free_rule =
          "billing.free_during_programme" + (sources_.free.empty() ? "" : ", " + sources_.free);
      rules_.free_source = sources_.free;
    }
    for (const auto step : order()) take(step);
  }

  PriceRules rules() && { return std::move(rules_); }

 private:
  std::vector<policy::RateStep> order() const {
    if (!billing_.order.empty()) return billing_.order;
    return {policy::RateStep::kMatching, policy::RateStep::kDiscount, policy::RateStep::kWaiver};
  }

  void take_prices(base::Date day) {
    for (const auto& item : billing_.prices) {
      if ((item.from && day < *item.from) || (item.until && *item.until < day)) continue;
      rules_.prices.push_back({item.id, item.model, item.unit, item.price,
                               item.source.empty() ? sources_.prices : item.source, item.tax_free});
    }
  }

  void take(policy::RateStep step) {
    if (step == policy::RateStep::kMatching) return take_matching();
    if (step == policy::RateStep::kDiscount) return take_discounts();
    take_waiver();
  }

  bool holds(const std::vector<policy::Condition>& when, const char* key, const std::string& rule) {
    auto answer = evaluate(when, form_, facts_);
    if (answer.answer == Answer::kYes) return true;
    leave_out(key, rule, std::move(answer.reason));
    return false;
  }
  void leave_out(const char* key, const std::string& rule, Reason reason) {
    rules_.not_applied.push_back({key, rule, std::move(reason)});
  }

  // The first level that holds; matching levels exclude each other.
  void take_matching() {
    std::string taken;
    const auto is_first = [&](const char* key, const std::string& rule) {
      if (!taken.empty()) leave_out(key, rule, Reason("rating.another_level_holds").with("rule", taken));
      return taken.empty();
    };
    for (const auto& rule : billing_.matching) {
      constexpr const char* kKey = "billing.matching";
      if (!is_first(kKey, rule.id) || !holds(rule.when, kKey, rule.id)) continue;
      rules_.factors.push_back({Factor::Kind::kMatching, rule.id, {rule.rate_bp}, kKey, sources_.matching});
      taken = rule.id;
    }
    for (const auto& scale : billing_.scales) {
      constexpr const char* kKey = "billing.scales";
      if (!is_first(kKey, scale.id) || !holds(scale.when, kKey, scale.id)) continue;
      if (take_band(scale)) taken = scale.id;
    }
  }

  bool take_band(const policy::ScaleRule& scale) {
    constexpr const char* kKey = "billing.scales";
    const auto figure = facts_.figures.find(scale.figure);
    if (figure == facts_.figures.end()) {
      leave_out(kKey, scale.id, Reason("rating.figure_unknown").with("figure", scale.figure));
      return false;
    }
    for (const auto& band : scale.bands) {
      if (band.up_to && *band.up_to < figure->second) continue;
      rules_.factors.push_back({Factor::Kind::kMatching, scale.id, {band.rate_bp}, kKey, sources_.scales});
      return true;
    }
    leave_out(kKey, scale.id,
              Reason("rating.figure_above_scale").with("figure", scale.figure).with("value", figure->second));
    return false;
  }

  void take_discounts() {
    constexpr const char* kKey = "billing.discounts";
    std::vector<const policy::RateRule*> held;
    for (const auto& rule : billing_.discounts)
      if (holds(rule.when, kKey, rule.id)) held.push_back(&rule);
    if (billing_.discounts_combine == policy::DiscountsCombine::kLargest && held.size() > 1) {
      const auto* largest = *std::max_element(
          held.begin(), held.end(), [](const auto* a, const auto* b) { return a->rate_bp < b->rate_bp; });
      for (const auto* rule : held)
        if (rule != largest)
          leave_out(kKey, rule->id, Reason("rating.larger_discount_holds").with("rule", largest->id));
      held = {largest};
    }
    const bool summed = billing_.discounts_combine == policy::DiscountsCombine::kSum;
    Factor sum{Factor::Kind::kDiscount, "", {}, kKey, sources_.discounts};
    for (const auto* rule : held) {
      if (!summed) {
        rules_.factors.push_back(
            {Factor::Kind::kDiscount, rule->id, {rule->rate_bp}, kKey, sources_.discounts});
        continue;
      }
      sum.id += (sum.id.empty() ? "" : "+") + rule->id;
      sum.rate.value = std::min(kWholeRate, sum.rate.value + rule->rate_bp);
    }
    if (summed && !held.empty()) rules_.factors.push_back(std::move(sum));
  }

  void take_waiver() {
    constexpr const char* kKey = "billing.waivers";
    for (const auto& rule : billing_.waivers)
      if (holds(rule.all, kKey, rule.id)) {
        rules_.factors.push_back(
            {Factor::Kind::kWaiver, rule.id, {}, kKey, rule.source.empty() ? sources_.waivers : rule.source});
        return;
      }
  }

  const policy::Billing& billing_;
  const BillingSources& sources_;
  const model::Form1& form_;
  Facts facts_;
  PriceRules rules_;
};

// The day on which somebody of that day of birth (or of appointment) is a year further on.
base::Date anniversary(base::Date day, std::int32_t year) {
  if (day.month == 2 && day.day == 29 && !base::leap_year(year)) return {year, 3, 1};
  return {year, day.month, day.day};
}

bool is_confirmed(const policy::PlainCondition& condition) {
  switch (condition.is) {
    case policy::Predicate::kApplicantRole:
    case policy::Predicate::kPersonAgeOn:
    case policy::Predicate::kPersonYearsSinceAppointment:
    case policy::Predicate::kCertificateValid:
    case policy::Predicate::kProjectOpenSource:
      return true;
    default:
      return false;
  }
}

bool asks_a_person(const policy::Condition& condition) {
  return is_confirmed(condition) || std::ranges::any_of(condition.conditions, is_confirmed);
}

}  // namespace

BillingSources billing_sources(const policy::Pack& pack) {
  const auto of = [&](const char* key) {
    const auto* found = pack.provenance(key);
    return found ? found->source : std::string();
  };
  return {of("billing.free_during_programme"),
          of("billing.prices"),
          of("billing.matching"),
          of("billing.scales"),
          of("billing.discounts"),
          of("billing.waivers"),
          of("billing.rounding"),
          of("billing.tax")};
}

PriceRules price_rules(const policy::Billing& billing, const BillingSources& sources,
                       const model::Form1& form, const Facts& facts, base::Date day) {
  return Maker(billing, sources, form, facts, day).rules();
}

PriceRules price_rules(const policy::Pack& pack, const model::Form1& form, const Facts& facts,
                       base::Date day) {
  return price_rules(pack.billing, billing_sources(pack), form, facts, day);
}

std::vector<std::string> rules_on_confirmed_facts(const policy::Billing& billing) {
  std::vector<std::string> rules;
  if (billing.free_during_programme) return rules;
  const auto add = [&](const std::string& rule, const std::vector<policy::Condition>& when) {
    if (std::ranges::any_of(when, asks_a_person)) rules.push_back(rule);
  };
  for (const auto& rule : billing.matching) add(rule.id, rule.when);
  for (const auto& scale : billing.scales) rules.push_back(scale.id);
  for (const auto& rule : billing.discounts) add(rule.id, rule.when);
  for (const auto& rule : billing.waivers) add(rule.id, rule.all);
  return rules;
}

bool cost_alike(const PriceRules& a, const PriceRules& b, const std::string& model) {
  if (a.factors != b.factors || a.free_rule != b.free_rule) return false;
  const auto name = [&](const PriceRules& rules, Measure measure) {
    const auto price = find_price(rules.prices, model, measure);
    return price.ok() && *price ? (*price)->id : std::string();
  };
  return name(a, Measure::kMetered) == name(b, Measure::kMetered) &&
         name(a, Measure::kGpus) == name(b, Measure::kGpus);
}

std::vector<base::Date> change_days(const policy::Billing& billing, const Facts& facts, base::Date first,
                                    base::Date last) {
  std::set<base::Date> days;
  const auto begins = [&](const std::optional<base::Date>& day) {
    if (day && first < *day && *day <= last) days.insert(*day);
  };
  const auto ends = [&](const std::optional<base::Date>& day) {
    if (day) begins(calendar::day_after(*day));
  };
  for (const auto& price : billing.prices) {
    begins(price.from);
    ends(price.until);
  }
  begins(facts.open_source_from);
  ends(facts.open_source_until);
  for (const auto& certificate : facts.certificates) {
    begins(certificate.valid_from);
    ends(certificate.valid_until);
  }
  for (const auto& since : {facts.born_on, facts.appointed_on})
    for (auto year = first.year; since && year <= last.year; ++year) begins(anniversary(*since, year));
  return {days.begin(), days.end()};
}

}  // namespace dure::programme
