// Bills made the slow way, day by day and in fractions of any size: what rate_statement() is held against. It
// shares nothing with it but the nouns and the pack. Knows the conditions certificate.valid (on: use) and
// project.open_source, discounts that compound, and `part_month: by_day`.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "model/charge.h"
#include "policy/pack.h"

namespace dure::programme::oracle {

using Integer = boost::multiprecision::cpp_int;
using Fraction = boost::multiprecision::cpp_rational;

inline Integer floored(const Fraction& value) {
  const Integer over = numerator(value), under = denominator(value);
  Integer quotient = over / under;
  if (over < 0 && quotient * under != over) quotient -= 1;
  return quotient;
}

inline base::Date next_day(base::Date day) {
  if (day.day < base::days_in_month(day.year, day.month)) return {day.year, day.month, day.day + 1};
  return day.month < 12 ? base::Date{day.year, day.month + 1, 1} : base::Date{day.year + 1, 1, 1};
}

// The day before the one that corresponds to the start, n months on; the month's last where there is none.
inline base::Date month_end(base::Date start, std::int64_t months) {
  const std::int64_t index = start.year * 12LL + start.month - 1 + months;
  const auto year = static_cast<std::int32_t>(index / 12), month = static_cast<std::int32_t>(index % 12 + 1);
  if (start.day > base::days_in_month(year, month)) return {year, month, base::days_in_month(year, month)};
  if (start.day > 1) return {year, month, start.day - 1};
  return month > 1 ? base::Date{year, month - 1, base::days_in_month(year, month - 1)}
                   : base::Date{year - 1, 12, 31};
}

struct Step {
  bool discount = false;
  bool waiver = false;
  std::int64_t bp = 0;
  std::string name;
};

struct Day {
  std::optional<policy::PriceItem> price;
  std::vector<Step> steps;
};

inline bool holds(const std::vector<policy::Condition>& when, const model::Payer& payer, base::Date day) {
  for (const auto& each : when) {
    bool met = false;
    if (each.is == policy::Predicate::kProjectOpenSource) {
      met = payer.open_source_from && *payer.open_source_from <= day &&
            (!payer.open_source_until || day <= *payer.open_source_until);
    } else {
      for (const auto& have : payer.certificates)
        met = met || (have.kind == each.of && *have.valid_from <= day &&
                      (!have.valid_until || day <= *have.valid_until));
    }
    if (met == each.negated) return false;
  }
  return true;
}

// 0: by the hour, 1: by the month of a GPU, 2: of a server, 3: of a GiB.
inline int family(policy::PriceUnit unit) {
  switch (unit) {
    case policy::PriceUnit::kGpuHour:
    case policy::PriceUnit::kMilliGpuHour:
      return 0;
    case policy::PriceUnit::kGpuMonth:
      return 1;
    case policy::PriceUnit::kServerMonth:
      return 2;
    case policy::PriceUnit::kGibMonth:
      return 3;
  }
  return -1;
}

inline std::optional<policy::PriceItem> price_of(const policy::Billing& billing, const std::string& model,
                                                 const std::vector<int>& families, base::Date day) {
  const bool gpu = families[0] < 2;
  for (const auto& name : {model, std::string()}) {
    bool any = false;
    for (const int wanted : families)
      for (const auto& item : billing.prices) {
        const bool in_force = (!item.from || *item.from <= day) && (!item.until || day <= *item.until);
        if (item.model != name || !in_force) continue;
        any = any || (gpu && family(item.unit) < 2);
        if (family(item.unit) == wanted) return item;
      }
    if (any)
      return std::nullopt;  // a price of its own that does not fit is no reason to take the general one
    if (name.empty()) break;
  }
  return std::nullopt;
}

inline std::vector<Step> steps_on(const policy::Billing& billing, const model::Payer& payer, base::Date day) {
  std::vector<Step> steps;
  for (const auto step : billing.order) {
    if (step == policy::RateStep::kMatching) {
      for (const auto& rule : billing.matching)
        if (holds(rule.when, payer, day)) {
          steps.push_back({false, false, rule.rate_bp, rule.id});
          break;
        }
    } else if (step == policy::RateStep::kDiscount) {
      for (const auto& rule : billing.discounts)
        if (holds(rule.when, payer, day)) steps.push_back({true, false, rule.rate_bp, rule.id});
    } else {
      for (const auto& rule : billing.waivers)
        if (holds(rule.all, payer, day)) {
          steps.push_back({false, true, 0, rule.id});
          break;
        }
    }
  }
  return steps;
}

// corrects, model, account, measure, and its price and the factors as text.
using Key = std::tuple<std::string, std::string, std::string, int, std::string>;

struct Sum {
  Fraction units;  // of the price
  std::int64_t price = 0;
  std::vector<Step> steps;
};

struct Bill {
  bool priced = true;  // false: something has no price on some day
  Integer total;       // after R19
  Integer before;      // before it
  std::size_t lines = 0;
};

class Maker {
 public:
  Maker(const policy::Billing& billing, const model::UsageStatement& statement)
      : billing_(billing), payer_(statement.payer) {
    for (const auto& use : statement.uses) add(use);
  }

  Bill bill() const {
    Bill bill;
    bill.priced = priced_;
    bill.lines = sums_.size();
    Integer dropped_at_lines = 0;
    const Integer unit = billing_.rounding.drop_below_won;
    for (const auto& [key, sum] : sums_) {
      Integer won = floored(sum.units * sum.price);
      for (const auto& step : sum.steps) {
        if (step.waiver)
          won = 0;
        else
          won = floored(Fraction(won) * (step.discount ? 10'000 - step.bp : step.bp) / 10'000);
      }
      bill.before += won;
      dropped_at_lines += won / unit * unit;  // towards zero: R19, of credits too
    }
    bill.total =
        billing_.rounding.at == policy::RoundAt::kLine ? dropped_at_lines : bill.before / unit * unit;
    return bill;
  }

 private:
  void add(const model::ChargedUse& use) {
    const auto begin = use.counted_from.value_or(*use.starts_on);
    const auto last =
        use.months ? month_end(*use.starts_on, *use.months) : use.ends_on.value_or(*use.starts_on);
    if (use.milli_gpu_ms) return add_day(use, *use.starts_on, Fraction(*use.milli_gpu_ms, 3'600'000'000), 0);
    std::int64_t month = 0;
    base::Date month_begin = begin, month_last = month_end(begin, ++month);
    for (base::Date day = begin; day <= last; day = next_day(day)) {
      if (month_last < day) {
        month_begin = day;
        month_last = month_end(begin, ++month);
      }
      const auto length = base::to_days(month_last) - base::to_days(month_begin) + 1;
      if (use.starts_on <= day) add_day(use, day, Fraction(1, length), 1);
    }
  }

  // `share`: of a month, for what is held; GPU hours, for what is metered.
  void add_day(const model::ChargedUse& use, base::Date day, const Fraction& share, int held) {
    const int measure = !held ? 0 : use.servers ? 2 : use.gib ? 3 : 1;
    const std::vector<int> families = measure == 0   ? std::vector<int>{0}
                                      : measure == 1 ? std::vector<int>{1, 0}
                                                     : std::vector<int>{measure};
    const auto price = price_of(billing_, use.model, families, day);
    if (!price) {
      priced_ = false;
      return;
    }
    Fraction units = share;
    if (measure == 1) {
      const Fraction gpus = use.gpus ? Fraction(*use.gpus) : Fraction(*use.milli_gpu, 1000);
      units = family(price->unit) == 1 ? Fraction(share * gpus) : Fraction(gpus * 24);
    } else if (held) {
      units = share * (use.servers ? *use.servers : *use.gib);
    }
    if (price->unit == policy::PriceUnit::kMilliGpuHour) units *= 1000;
    const auto steps = steps_on(billing_, payer_, day);
    std::string rules = price->id;
    for (const auto& step : steps) rules += "/" + step.name;
    Sum& sum = sums_[{use.corrects, use.model, use.account_id, measure, rules}];
    sum.units += units;
    sum.price = price->price.won;
    sum.steps = steps;
  }

  const policy::Billing& billing_;
  const model::Payer& payer_;
  bool priced_ = true;
  std::map<Key, Sum> sums_;
};

}  // namespace dure::programme::oracle
