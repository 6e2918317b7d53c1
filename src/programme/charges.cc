#include "programme/charges.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "calendar/month_parts.h"
#include "policy/names.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::ChargeStep;
using model::ChargeStepKind;
using policy::PriceUnit;

// Beyond these a price list is wrong, and sums would no longer be exact.
constexpr std::int64_t kMostPrice = 1'000'000'000;           // won per unit
constexpr std::int64_t kMostAmount = 1'000'000'000'000'000;  // won per line
// Won per bill: twice as much, with its tax, still fits into 64 bits.
constexpr std::int64_t kMostBill = 1'000'000'000'000'000'000;

bool is_by_hour(PriceUnit unit) {
  return unit == PriceUnit::kGpuHour || unit == PriceUnit::kMilliGpuHour;
}

// Whether the price is of what the measure is about at all.
bool is_price_of(PriceUnit unit, Measure measure) {
  if (measure == Measure::kServers) return unit == PriceUnit::kServerMonth;
  if (measure == Measure::kStorage) return unit == PriceUnit::kGibMonth;
  return is_by_hour(unit) || unit == PriceUnit::kGpuMonth;
}

// Of the prices for exactly that model ("" = the general ones) the one that fits best, and one that does not.
struct Found {
  const Price* fits = nullptr;
  const Price* of_another_unit = nullptr;
};

Found look_for(const std::vector<Price>& prices, const std::string& model, Measure measure) {
  Found found;
  for (const auto& price : prices) {
    if (price.model != model || !is_price_of(price.unit, measure)) continue;
    if (measure == Measure::kMetered && !is_by_hour(price.unit)) {
      if (!found.of_another_unit) found.of_another_unit = &price;
      continue;
    }
    const bool better = !found.fits || (is_by_hour(found.fits->unit) && !is_by_hour(price.unit));
    if (better) found.fits = &price;
  }
  return found;
}

std::int64_t after(std::int64_t won, const Factor& factor) {
  switch (factor.kind) {
    case Factor::Kind::kMatching:
      return base::multiply_divide(won, factor.rate.value, kWholeRate);
    case Factor::Kind::kDiscount:
      return base::multiply_divide(won, kWholeRate - factor.rate.value, kWholeRate);
    case Factor::Kind::kWaiver:
      return 0;
  }
  return won;
}

ChargeStepKind kind_of(Factor::Kind kind) {
  if (kind == Factor::Kind::kMatching) return ChargeStepKind::kMatching;
  return kind == Factor::Kind::kDiscount ? ChargeStepKind::kDiscount : ChargeStepKind::kWaiver;
}

ChargeStep step_of(const Factor& factor, std::int64_t before, std::int64_t result) {
  ChargeStep step{kind_of(factor.kind), factor.id, factor.key, factor.source, {}, {before}, {result}};
  if (factor.kind != Factor::Kind::kWaiver) step.rate_bp = factor.rate.value;
  return step;
}

std::string step_text(const ChargeStep& step) {
  const auto rate = " " + std::to_string(step.rate_bp.value_or(0)) + " bp";
  switch (step.kind) {
    case ChargeStepKind::kPrice:
    case ChargeStepKind::kTax:
      return "";
    case ChargeStepKind::kFree:
      return step.rule;
    case ChargeStepKind::kMatching:
      return "matching:" + step.rule + rate;
    case ChargeStepKind::kDiscount:
      return "discount:" + step.rule + rate;
    case ChargeStepKind::kWaiver:
      return "waiver:" + step.rule;
    case ChargeStepKind::kRounding:
      return "rounding " + std::to_string(step.before.won - step.after.won) + " won";
  }
  return "";
}

void append(std::string& rule, const std::string& part) {
  if (part.empty()) return;
  rule += (rule.empty() ? "" : ", ") + part;
}

// Takes `taken` won off the line; below zero off a credit.
std::int64_t take_off(model::Charge& line, std::int64_t taken, const std::string& source) {
  if (taken == 0) return 0;
  ChargeStep step{ChargeStepKind::kRounding, "rounding", "billing.rounding", source, {}, line.amount, {}};
  line.amount.won -= taken;
  line.discount.won += taken;
  step.after = line.amount;
  line.steps.push_back(std::move(step));
  return taken;
}

}  // namespace

base::Result<const Price*> find_price(const std::vector<Price>& prices, const std::string& model,
                                      Measure measure) {
  auto found = model.empty() ? Found{} : look_for(prices, model, measure);
  if (!found.fits && !found.of_another_unit) found = look_for(prices, "", measure);
  if (!found.fits && found.of_another_unit)
    return base::invalid(Reason("rating.unit_not_by_time").with("price_item", found.of_another_unit->id));
  if (!found.fits) return static_cast<const Price*>(nullptr);
  const auto won = found.fits->price.won;
  if (won < 0 || won > kMostPrice)
    return base::invalid(
        Reason("rating.price_out_of_range").with("price_item", found.fits->id).with("most", kMostPrice));
  return found.fits;
}

std::int64_t quanta_of(PriceUnit unit) {
  switch (unit) {
    case PriceUnit::kGpuHour:
      return kGpuHour;
    case PriceUnit::kMilliGpuHour:
      return kGpuHour / 1000;
    case PriceUnit::kGpuMonth:
      return 1000 * calendar::kMonthParts;
    case PriceUnit::kServerMonth:
    case PriceUnit::kGibMonth:
      return calendar::kMonthParts;
  }
  return 1;
}

std::int64_t month_parts(base::Date counted_from, base::Date first, base::Date last, policy::PartMonth rule) {
  std::int64_t parts = 0;
  for (const auto& month : calendar::months_between(counted_from, first, last)) switch (rule) {
      case policy::PartMonth::kByDay:
        parts += month.days * (calendar::kMonthParts / month.length);
        break;
      case policy::PartMonth::kWhole:
        parts += first <= month.first ? calendar::kMonthParts : 0;
        break;
      case policy::PartMonth::kDropped:
        parts += month.last <= last ? calendar::kMonthParts : 0;
        break;
    }
  return parts;
}

base::Result<model::Charge> charge(const Price* price, const std::string& model, std::int64_t quantity,
                                   const PriceRules& rules) {
  model::Charge line;
  line.quantity = quantity;
  if (price) {
    line.price_item = price->id;
    line.unit = std::string(policy::name_of(price->unit));
    line.price = price->price;
    line.per = quanta_of(price->unit);
    line.tax_free = price->tax_free;
  }
  if (!rules.free_rule.empty()) {
    line.steps = {{ChargeStepKind::kFree,
                   rules.free_rule,
                   "billing.free_during_programme",
                   rules.free_source,
                   {},
                   {},
                   {}}};
    return line;
  }
  DURE_ASSERT(price != nullptr);
  const auto exact = static_cast<base::Wide>(price->price.won) * quantity / line.per;
  if (exact > kMostAmount || exact < -kMostAmount)
    return base::invalid(Reason("rating.amount_too_large").with("model", model).with("most", kMostAmount));
  line.gross = {base::multiply_divide(price->price.won, quantity, line.per)};
  line.amount = line.gross;
  line.steps.push_back(
      {ChargeStepKind::kPrice, price->id, "billing.prices", price->source, {}, {}, line.gross});
  for (const auto& factor : rules.factors) {
    const auto result = after(line.amount.won, factor);
    line.steps.push_back(step_of(factor, line.amount.won, result));
    line.amount = {result};
  }
  line.discount = line.gross - line.amount;
  return line;
}

base::Status check_sum(const std::vector<model::Charge>& charges) {
  const auto size = [](base::Krw amount) { return static_cast<base::Wide>(std::abs(amount.won)); };
  base::Wide sum = 0;
  for (const auto& line : charges) sum += std::max(size(line.gross), size(line.amount));
  if (sum <= kMostBill) return {};
  return base::invalid(Reason("rating.bill_too_large").with("most", kMostBill));
}

void round_charges(std::vector<model::Charge>& charges, const policy::Rounding& rounding,
                   const std::string& source) {
  if (rounding.at == policy::RoundAt::kLine) {
    for (auto& line : charges)
      (void)take_off(line, line.amount.won - rounded(line.amount, rounding).won, source);
    return;
  }
  const auto total =
      std::accumulate(charges.begin(), charges.end(), base::Krw{},
                      [](base::Krw sum, const model::Charge& line) { return sum + line.amount; });
  const std::int64_t sign = total.won < 0 ? -1 : 1;  // of a credit, the largest credits
  auto drop = total.won - rounded(total, rounding).won;
  std::vector<model::Charge*> largest_first;
  largest_first.reserve(charges.size());
  for (auto& line : charges)
    if (sign * line.amount.won > 0) largest_first.push_back(&line);
  std::stable_sort(largest_first.begin(), largest_first.end(),
                   [&](const auto* a, const auto* b) { return sign * a->amount.won > sign * b->amount.won; });
  for (auto* line : largest_first)
    drop -= take_off(*line, sign * std::min(sign * drop, sign * line->amount.won), source);
}

base::Krw rounded(base::Krw amount, const policy::Rounding& rounding) {
  const auto unit = rounding.drop_below_won;
  return unit <= 1 ? amount : base::Krw{amount.won / unit * unit};
}

base::Krw tax_on(base::Krw amount, const policy::Tax& tax) {
  const base::Krw exact{base::multiply_divide(amount.won, tax.rate_bp, kWholeRate)};
  return rounded(exact, {tax.drop_below_won, tax.at});
}

Amount apply(base::Krw price, std::int64_t quantity, std::int64_t per, const std::vector<Factor>& factors) {
  Amount amount;
  amount.gross = {base::multiply_divide(price.won, quantity, per)};
  amount.net = amount.gross;
  for (const auto& factor : factors) {
    const auto result = after(amount.net.won, factor);
    append(amount.rule, step_text(step_of(factor, amount.net.won, result)));
    amount.net = {result};
  }
  return amount;
}

std::string rule_text(const model::Charge& charge) {
  std::string rule;
  for (const auto& step : charge.steps) append(rule, step_text(step));
  return rule;
}

}  // namespace dure::programme
