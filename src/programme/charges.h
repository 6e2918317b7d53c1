// One charge: a quantity of something with a price, and each rule that made its amount, in the declared order
// (I2, I3, I4, R19, invariants 12 and 13).
//
// Whole numbers throughout. Price and each factor round down to a whole won, in favour of the payer, below
// zero too (-0.5 won is -1). gross - discount = amount, and each step says which rule of the pack, and from
// which source, made which figure of which.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/result.h"
#include "model/charge.h"
#include "policy/duty_rules.h"

namespace dure::programme {

// One GPU for one hour: 1000 milli-GPU times 3'600'000 ms.
inline constexpr std::int64_t kGpuHour = 3'600'000'000;

inline constexpr std::int64_t kWholeRate = 10'000;  // basis points

struct Price {
  std::string id;
  std::string model;  // "" = every model without a price of its own
  policy::PriceUnit unit = policy::PriceUnit::kGpuHour;
  base::Krw price;
  std::string source;
  bool tax_free = false;
};

// A factor that applies to this payer; whether it does was decided before (price_rules.h).
struct Factor {
  enum class Kind { kMatching, kDiscount, kWaiver };
  Kind kind = Kind::kDiscount;
  std::string id;
  base::BasisPoints rate;  // kMatching: this much is paid; kDiscount: this much less; kWaiver: not read
  std::string key;         // of the pack: "billing.matching"
  std::string source;
  bool operator==(const Factor&) const = default;
};

struct PriceRules {
  std::vector<Price> prices;    // in force
  std::vector<Factor> factors;  // in the order in which they apply
  policy::Rounding rounding;
  std::string rounding_source;
  policy::PartMonth part_month = policy::PartMonth::kByDay;
  std::string free_rule;  // not "": everything costs nothing by this rule ("billing.free_during_programme, S0
                          // article 4(4)")
  std::string free_source;
  std::vector<model::RuleNotApplied> not_applied;
};

// What a quantity is counted in before it is priced.
//   kMetered   milli-GPU-milliseconds of use
//   kGpus      milli-GPU that are held for days: by the month or by the hour, as the price says
//   kServers   whole server sets that are held for days
//   kStorage   GiB that are held for days
enum class Measure { kMetered, kGpus, kServers, kStorage };

// The price of the model for that measure: its own before the general one, by the month before by the hour
// for what is held. nullptr: there is none. Refuses (kInvalid) "rating.unit_not_by_time" {price_item} where
// the model's own prices are by the month and the use is metered; "rating.price_out_of_range".
base::Result<const Price*> find_price(const std::vector<Price>& prices, const std::string& model,
                                      Measure measure);

// Quanta of one unit of the price: milli-GPU-milliseconds of an hour, parts of a month
// (calendar/month_parts.h) times milli-GPU, servers or GiB.
std::int64_t quanta_of(policy::PriceUnit unit);

// How many quanta of a month one unit that is held on [first, last] is, its months counted from
// `counted_from`. What is charged whole or not at all goes with the part that holds the month's first, or
// last, day. REQUIRES: counted_from <= first <= last, plannable.
std::int64_t month_parts(base::Date counted_from, base::Date first, base::Date last, policy::PartMonth rule);

// The charge of so many quanta at that price (nullptr: nothing is asked for them, REQUIRES a free rule), not
// yet rounded by law. Model, account, days and number are left to the caller. Refuses
// "rating.amount_too_large".
base::Result<model::Charge> charge(const Price* price, const std::string& model, std::int64_t quantity,
                                   const PriceRules& rules);

// What all lines add up to, before and after their rules, must stay within what money is counted in. Refuses
// (kInvalid) "rating.bill_too_large" {most}. Asked before anything else adds them up.
base::Status check_sum(const std::vector<model::Charge>& charges);

// R19 at each line, or at the total: then what is dropped is taken off the largest lines (of a total below
// zero: off the largest credits), none of which passes zero by it, so that the lines still add up. The order
// of the lines is kept.
void round_charges(std::vector<model::Charge>& charges, const policy::Rounding& rounding,
                   const std::string& source);

// Parts below `drop_below_won` dropped (R19), of sums to the Treasury and from it alike: 99 999 -> 99 990 for
// 10, -99 999 -> -99 990.
base::Krw rounded(base::Krw amount, const policy::Rounding& rounding);

// Value added tax on an amount, its fractions dropped by the tax's own rule, in favour of the payer.
base::Krw tax_on(base::Krw amount, const policy::Tax& tax);

// Money of one amount: price, then the factors in their order. `quantity` units of which `per` cost `price`.
struct Amount {
  base::Krw gross;
  base::Krw net;
  std::string rule;  // factors that applied: "matching:company 300 bp, discount:youth 5000 bp"
};
Amount apply(base::Krw price, std::int64_t quantity, std::int64_t per, const std::vector<Factor>& factors);

// "matching:company 300 bp", "rounding 5 won", "billing.free_during_programme, …": how steps stand in the
// rule of an invoice's line; the price's own step is left out.
std::string rule_text(const model::Charge& charge);

}  // namespace dure::programme
