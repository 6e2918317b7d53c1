// Rating of metered use: usage and prices -> invoice lines in won (I1, I2, I3, I4, I7, P14, R19, invariants
// 12 and 13).
//
// The usage of one line is added up first, in milli-GPU-milliseconds, and charged once (charges.h). A line is
// gross - discount = amount, and the amounts of the lines add up to the total.
//
// A correction may take usage back: its line is negative, and rounded down as well (-0.5 won is -1), so that
// what is billed in parts never costs more than what is billed at once. Of usage >= 0 no line is negative.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/result.h"
#include "model/billing.h"
#include "policy/duty_rules.h"
#include "programme/charges.h"

namespace dure::programme {

// What one account used of one model.
struct UsageItem {
  std::string model;
  model::AccountId account_id;
  base::Usage usage;
};

// What an allocation keeps from others, on [first, last] of the bill; its months are counted from its first
// day.
struct HeldItem {
  std::string model;
  base::MilliGpu amount;
  base::Date first;
  base::Date last;
  base::Date counted_from;
};

// True where the model is charged by the month.
bool by_the_month(const PriceRules& rules, const std::string& model);

// What is rated together: the usage of the period itself, or what corrects one earlier invoice, which is
// rated by the prices of that invoice.
struct RatedPart {
  std::optional<model::InvoiceId> corrects;
  std::vector<UsageItem> usage;
  PriceRules rules;
  std::optional<HeldItem> held;  // charged where its model has a price by the month
  bool months_are_billed =
      false;  // for what is held: what is metered of such models then costs nothing on top
};

struct Bill {
  std::vector<model::InvoiceLine>
      lines;          // number, model, account, price item, usage, money, rule, corrected invoice filled in
  base::Usage usage;  // sum
  std::vector<bool> tax_free;  // by line
  base::Krw total;             // sum of the lines' amounts
  base::Krw tax;               // on top of it: add_tax()
};

// Within a part, items of the same model and account are added up; lines are ordered by part, then model,
// then account. `rounding` holds for the whole bill. Refuses (kInvalid) "rating.no_price" {model},
// "rating.unit_not_by_time" {price_item}, "rating.amount_too_large", "rating.bill_too_large".
base::Result<Bill> rate(const std::vector<RatedPart>& parts, const policy::Rounding& rounding);
// Of one part that corrects nothing.
base::Result<Bill> rate(const std::vector<UsageItem>& usage, const PriceRules& rules);

// Tax on the lines that are not tax-free, dropped by its own rule at each line or once.
void add_tax(Bill& bill, const policy::Tax& tax);

// What is held for whole months: cards (or server sets, or GiB) times months (governance 6.7).
Amount monthly(base::Krw price_per_month, std::int64_t units, std::int64_t months,
               const std::vector<Factor>& factors);

}  // namespace dure::programme
