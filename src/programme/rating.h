// Rating: usage and prices -> invoice lines in won (I1, I2, I3, I4, I7, P14, R19, invariants 12 and 13).
//
// Whole numbers throughout. The usage of one line is added up first, in milli-GPU-milliseconds, and rated
// once; each step (price, then each factor in the declared order) is rounded down to a whole won, in favour
// of the payer. A line is gross - discount = amount, and the amounts of the lines add up to the total.
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

namespace dure::programme {

// One GPU for one hour: 1000 milli-GPU times 3'600'000 ms.
inline constexpr std::int64_t kGpuHour = 3'600'000'000;

struct Price {
  std::string id;
  std::string model;  // "" = every model without a price of its own
  policy::PriceUnit unit = policy::PriceUnit::kGpuHour;
  base::Krw price;
  std::string source;
};

// A factor that applies to this payer; whether it does was decided before (from_policy.h).
struct Factor {
  enum class Kind { kMatching, kDiscount, kWaiver };
  Kind kind = Kind::kDiscount;
  std::string id;
  base::BasisPoints rate;  // kMatching: this much is paid; kDiscount: this much less; kWaiver: not read
};

struct PriceRules {
  std::vector<Price> prices;
  std::vector<Factor> factors;  // in the order in which they apply
  policy::Rounding rounding;
  std::string free_rule;  // not "": everything costs nothing by this rule ("billing.free_during_programme, S0
                          // article 4(4)")
};

// What one account used of one model.
struct UsageItem {
  std::string model;
  model::AccountId account_id;
  base::Usage usage;
};

// What is rated together: the usage of the period itself, or what corrects one earlier invoice, which is
// rated by the prices of that invoice.
struct RatedPart {
  std::optional<model::InvoiceId> corrects;
  std::vector<UsageItem> usage;
  PriceRules rules;
};

struct Bill {
  std::vector<model::InvoiceLine>
      lines;          // number, model, account, price item, usage, money, rule, corrected invoice filled in
  base::Usage usage;  // sum
  base::Krw total;    // sum of the lines' amounts
};

// Within a part, items of the same model and account are added up; lines are ordered by part, then model,
// then account. `rounding` holds for the whole bill. Refuses (kInvalid) "rating.no_price" {model},
// "rating.unit_not_by_time" {price_item}.
base::Result<Bill> rate(const std::vector<RatedPart>& parts, const policy::Rounding& rounding);
// Of one part that corrects nothing.
base::Result<Bill> rate(const std::vector<UsageItem>& usage, const PriceRules& rules);

// Money of one amount: price, then the factors in their order. `quantity` units of which `per` cost `price`.
struct Amount {
  base::Krw gross;
  base::Krw net;
  std::string rule;  // factors that applied: "matching:company 300 bp, discount:youth 5000 bp"
};
Amount apply(base::Krw price, std::int64_t quantity, std::int64_t per, const std::vector<Factor>& factors);

// What is held for whole months: cards (or server sets, or GiB) times months (governance 6.7).
Amount monthly(base::Krw price_per_month, std::int64_t units, std::int64_t months,
               const std::vector<Factor>& factors);

// Parts below `drop_below_won` dropped (R19): 99 999 -> 99 990 for 10; a credit of -1 -> -10.
base::Krw rounded(base::Krw amount, const policy::Rounding& rounding);

}  // namespace dure::programme
