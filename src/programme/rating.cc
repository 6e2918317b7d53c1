#include "programme/rating.h"

#include <map>
#include <utility>

namespace dure::programme {
namespace {

// Of the metered prices an invoice's line shows what an hour of a whole GPU costs.
base::Krw per_gpu_hour(const Price& price) {
  return price.unit == policy::PriceUnit::kMilliGpuHour ? base::Krw{price.price.won * 1000} : price.price;
}

// A line as it is charged, with what only an invoice's line has.
struct Rated {
  model::InvoiceLine line;
  model::Charge charge;
};

base::Result<Rated> rate_line(const std::string& model, const model::AccountId& account, base::Usage usage,
                              const PriceRules& rules) {
  DURE_LET(price, find_price(rules.prices, model, Measure::kMetered));
  if (!price && rules.free_rule.empty())
    return base::invalid(base::Reason("rating.no_price").with("model", model));
  DURE_LET(charged, charge(price, model, usage.milli_gpu_ms, rules));
  Rated rated{{}, charged};
  rated.line.model = model;
  rated.line.account_id = account;
  rated.line.usage = usage;
  if (price && rules.free_rule.empty()) rated.line.price_per_gpu_hour = per_gpu_hour(*price);
  return rated;
}

// What was used of what is charged by the month: shown, and paid for by the month's line.
Rated included_line(const Price& month, const std::string& model, const model::AccountId& account,
                    base::Usage usage) {
  Rated rated;
  rated.line.model = model;
  rated.line.account_id = account;
  rated.line.usage = usage;
  rated.charge.price_item = month.id;
  rated.charge.tax_free = month.tax_free;
  rated.charge.steps = {{model::ChargeStepKind::kFree,
                         "by the month: " + month.id,
                         "billing.prices",
                         month.source,
                         {},
                         {},
                         {}}};
  return rated;
}

base::Result<Rated> held_line(const HeldItem& held, const Price& price, const PriceRules& rules) {
  const auto quantity =
      held.amount.value * month_parts(held.counted_from, held.first, held.last, rules.part_month);
  DURE_LET(charged, charge(&price, held.model, quantity, rules));
  Rated rated{{}, charged};
  rated.line.model = held.model;
  return rated;
}

// The price by the month of what is held of the model; nullptr: it has none.
const Price* month_price(const PriceRules& rules, const std::string& model) {
  const auto price = find_price(rules.prices, model, Measure::kGpus);
  return price.ok() && *price && (*price)->unit == policy::PriceUnit::kGpuMonth ? *price : nullptr;
}

base::Status add_part(std::vector<Rated>& rated, const RatedPart& part) {
  const auto add = [&](Rated line) {
    line.line.number = static_cast<std::int64_t>(rated.size()) + 1;
    line.line.corrects_invoice_id = part.corrects;
    rated.push_back(std::move(line));
  };
  if (part.held)
    if (const auto* price = month_price(part.rules, part.held->model)) {
      DURE_LET(line, held_line(*part.held, *price, part.rules));
      add(std::move(line));
    }
  std::map<std::pair<std::string, std::string>, base::Usage> sums;
  for (const auto& item : part.usage) {
    auto& sum = sums[{item.model, item.account_id.text}];
    sum = sum + item.usage;
  }
  for (const auto& [key, sum] : sums) {
    const model::AccountId account(key.second);
    const auto* month = part.months_are_billed ? month_price(part.rules, key.first) : nullptr;
    if (month && part.rules.free_rule.empty()) {
      add(included_line(*month, key.first, account, sum));
      continue;
    }
    DURE_LET(line, rate_line(key.first, account, sum, part.rules));
    add(std::move(line));
  }
  return {};
}

model::InvoiceLine finished(model::InvoiceLine line, const model::Charge& charge) {
  line.price_item = charge.price_item;
  line.unit = charge.unit;
  line.price = charge.price;
  line.quantity = charge.quantity;
  line.per = charge.per;
  line.steps = charge.steps;
  line.gross = charge.gross;
  line.discount = charge.discount;
  line.amount = charge.amount;
  line.rule = rule_text(charge);
  return line;
}

}  // namespace

bool by_the_month(const PriceRules& rules, const std::string& model) {
  return month_price(rules, model) != nullptr;
}

base::Result<Bill> rate(const std::vector<RatedPart>& parts, const policy::Rounding& rounding) {
  std::vector<Rated> rated;
  for (const auto& part : parts) DURE_TRY(add_part(rated, part));
  std::vector<model::Charge> charges;
  charges.reserve(rated.size());
  for (auto& each : rated) charges.push_back(std::move(each.charge));
  DURE_TRY(check_sum(charges));
  round_charges(charges, rounding, parts.empty() ? "" : parts.back().rules.rounding_source);
  Bill bill;
  for (std::size_t i = 0; i < rated.size(); ++i) {
    bill.lines.push_back(finished(std::move(rated[i].line), charges[i]));
    bill.tax_free.push_back(charges[i].tax_free);
    bill.usage = bill.usage + bill.lines.back().usage;
    bill.total = bill.total + bill.lines.back().amount;
  }
  return bill;
}

base::Result<Bill> rate(const std::vector<UsageItem>& usage, const PriceRules& rules) {
  return rate({RatedPart{std::nullopt, usage, rules}}, rules.rounding);
}

void add_tax(Bill& bill, const policy::Tax& tax) {
  base::Krw taxed;
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    if (bill.tax_free[i]) continue;
    taxed = taxed + bill.lines[i].amount;
    if (tax.at == policy::RoundAt::kLine) bill.tax = bill.tax + tax_on(bill.lines[i].amount, tax);
  }
  if (tax.at == policy::RoundAt::kInvoice) bill.tax = tax_on(taxed, tax);
}

Amount monthly(base::Krw price_per_month, std::int64_t units, std::int64_t months,
               const std::vector<Factor>& factors) {
  return apply(price_per_month, units * months, 1, factors);
}

}  // namespace dure::programme
