#include "programme/rating.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace dure::programme {
namespace {

using base::Reason;

constexpr std::int64_t kAll = 10'000;  // basis points
// Beyond these a price list is wrong, and sums would no longer be exact.
constexpr std::int64_t kMostPrice = 1'000'000'000;           // won per unit
constexpr std::int64_t kMostAmount = 1'000'000'000'000'000;  // won per line

const Price* price_for(const std::vector<Price>& prices, const std::string& model) {
  const Price* general = nullptr;
  for (const auto& price : prices) {
    if (price.model == model && !model.empty()) return &price;
    if (price.model.empty() && general == nullptr) general = &price;
  }
  return general;
}

// What a GPU costs for an hour; none for prices that are not by time of use.
std::optional<std::int64_t> per_gpu_hour(const Price& price) {
  if (price.unit == policy::PriceUnit::kGpuHour) return price.price.won;
  if (price.unit == policy::PriceUnit::kMilliGpuHour) return price.price.won * 1000;
  return std::nullopt;
}

std::int64_t after(std::int64_t won, const Factor& factor) {
  switch (factor.kind) {
    case Factor::Kind::kMatching:
      return base::multiply_divide(won, factor.rate.value, kAll);
    case Factor::Kind::kDiscount:
      return base::multiply_divide(won, kAll - factor.rate.value, kAll);
    case Factor::Kind::kWaiver:
      return 0;
  }
  return won;
}

std::string named(const Factor& factor) {
  const auto rate = " " + std::to_string(factor.rate.value) + " bp";
  switch (factor.kind) {
    case Factor::Kind::kMatching:
      return "matching:" + factor.id + rate;
    case Factor::Kind::kDiscount:
      return "discount:" + factor.id + rate;
    case Factor::Kind::kWaiver:
      return "waiver:" + factor.id;
  }
  return "";
}

void append(std::string& rule, const std::string& part) {
  rule += (rule.empty() ? "" : ", ") + part;
}

// Takes `taken` won off the line.
std::int64_t take_off(model::InvoiceLine& line, std::int64_t taken) {
  if (taken <= 0) return 0;
  line.amount.won -= taken;
  line.discount.won += taken;
  append(line.rule, "rounding " + std::to_string(taken) + " won");
  return taken;
}

base::Krw total_of(const std::vector<model::InvoiceLine>& lines) {
  return std::accumulate(lines.begin(), lines.end(), base::Krw{},
                         [](base::Krw sum, const model::InvoiceLine& line) { return sum + line.amount; });
}

// R19 at each line, or at the total: then what is dropped is taken off the largest lines, none of which falls
// below zero by it, so that the lines still add up. What they do not hold (the total is a credit) is added to
// the largest credit.
void round_lines(std::vector<model::InvoiceLine>& lines, const policy::Rounding& rounding) {
  if (rounding.at == policy::RoundAt::kLine) {
    for (auto& line : lines) (void)take_off(line, line.amount.won - rounded(line.amount, rounding).won);
    return;
  }
  const auto total = total_of(lines);
  auto drop = total.won - rounded(total, rounding).won;
  std::vector<model::InvoiceLine*> largest_first;
  largest_first.reserve(lines.size());
  for (auto& line : lines) largest_first.push_back(&line);
  std::stable_sort(largest_first.begin(), largest_first.end(),
                   [](const auto* a, const auto* b) { return a->amount > b->amount; });
  for (auto* line : largest_first) drop -= take_off(*line, std::min(drop, line->amount.won));
  if (drop > 0) (void)take_off(*largest_first.back(), drop);
}

base::Result<model::InvoiceLine> rate_line(const std::string& model, const model::AccountId& account,
                                           base::Usage usage, const PriceRules& rules) {
  const auto* price = price_for(rules.prices, model);
  if (price == nullptr) return base::invalid(Reason("rating.no_price").with("model", model));
  if (price->price.won < 0 || price->price.won > kMostPrice)
    return base::invalid(
        Reason("rating.price_out_of_range").with("price_item", price->id).with("most", kMostPrice));
  const auto hourly = per_gpu_hour(*price);
  if (!hourly) return base::invalid(Reason("rating.unit_not_by_time").with("price_item", price->id));
  model::InvoiceLine line;
  line.model = model;
  line.account_id = account;
  line.price_item = price->id;
  line.usage = usage;
  if (!rules.free_rule.empty()) {
    line.rule = rules.free_rule;
    return line;
  }
  if (static_cast<base::Wide>(*hourly) * usage.milli_gpu_ms / kGpuHour > kMostAmount)
    return base::invalid(Reason("rating.amount_too_large").with("model", model).with("most", kMostAmount));
  const auto money = apply({*hourly}, usage.milli_gpu_ms, kGpuHour, rules.factors);
  line.price_per_gpu_hour = {*hourly};
  line.gross = money.gross;
  line.amount = money.net;
  line.discount = money.gross - money.net;
  line.rule = money.rule;
  return line;
}

base::Status add_part(Bill& bill, const RatedPart& part) {
  std::map<std::pair<std::string, std::string>, base::Usage> sums;
  for (const auto& item : part.usage) {
    auto& sum = sums[{item.model, item.account_id.text}];
    sum = sum + item.usage;
  }
  for (const auto& [key, sum] : sums) {
    DURE_LET(line, rate_line(key.first, model::AccountId(key.second), sum, part.rules));
    line.number = static_cast<std::int64_t>(bill.lines.size()) + 1;
    line.corrects_invoice_id = part.corrects;
    bill.lines.push_back(std::move(line));
    bill.usage = bill.usage + sum;
  }
  return {};
}

}  // namespace

base::Result<Bill> rate(const std::vector<RatedPart>& parts, const policy::Rounding& rounding) {
  Bill bill;
  for (const auto& part : parts) DURE_TRY(add_part(bill, part));
  round_lines(bill.lines, rounding);
  bill.total = total_of(bill.lines);
  return bill;
}

base::Result<Bill> rate(const std::vector<UsageItem>& usage, const PriceRules& rules) {
  return rate({RatedPart{std::nullopt, usage, rules}}, rules.rounding);
}

Amount apply(base::Krw price, std::int64_t quantity, std::int64_t per, const std::vector<Factor>& factors) {
  Amount amount;
  amount.gross = {base::multiply_divide(price.won, quantity, per)};
  amount.net = amount.gross;
  for (const auto& factor : factors) {
    amount.net = {after(amount.net.won, factor)};
    append(amount.rule, named(factor));
  }
  return amount;
}

Amount monthly(base::Krw price_per_month, std::int64_t units, std::int64_t months,
               const std::vector<Factor>& factors) {
  return apply(price_per_month, units * months, 1, factors);
}

base::Krw rounded(base::Krw amount, const policy::Rounding& rounding) {
  const auto unit = rounding.drop_below_won;
  return unit <= 1 ? amount : base::Krw{base::multiply_divide(amount.won, 1, unit) * unit};
}

}  // namespace dure::programme
