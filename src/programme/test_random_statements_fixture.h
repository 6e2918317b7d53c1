// Random price lists, payers and uses for tests: the same from the same seed, with every compiler.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "calendar/period.h"
#include "model/charge.h"
#include "policy/pack.h"

namespace dure::programme::testing {

using base::Date;
using policy::PriceUnit;

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n));
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(static_cast<std::int64_t>(all.size())))];
  }
  std::mt19937_64& engine() { return random_; }

 private:
  std::mt19937_64 random_;
};

inline Date day(Chance& chance) {
  return base::from_days(base::to_days({2026, 1, 1}) + chance.below(400));
}

// Prices of one kind follow each other, sometimes with a gap in which there is none.
inline void add_prices(Chance& chance, policy::Billing& billing, const std::string& model, PriceUnit unit) {
  std::optional<Date> from;
  for (auto n = chance.below(3);; --n) {
    policy::PriceItem item;
    item.id = "p" + std::to_string(billing.prices.size());
    item.model = model;
    item.unit = unit;
    item.price = {chance.below(unit == PriceUnit::kMilliGpuHour ? 50 : 4'000'000)};
    item.from = from;
    if (n > 0) {
      item.until = from ? base::add_days(*from, chance.below(200)) : day(chance);
      from = base::add_days(*item.until, chance.one_in(20) ? 5 : 1);
    }
    billing.prices.push_back(item);
    if (n <= 0) return;
  }
}

inline std::vector<policy::Condition> condition(Chance& chance) {
  policy::Condition each;
  each.negated = chance.one_in(6);
  if (chance.one_in(3)) {
    each.is = policy::Predicate::kProjectOpenSource;
    return {each};
  }
  if (chance.one_in(5)) return {};
  each.is = policy::Predicate::kCertificateValid;
  each.of = chance.one_in(2) ? "youth" : "regional";
  each.on = policy::ReferenceDay::kUse;
  return {each};
}

inline policy::Billing price_list(Chance& chance) {
  policy::Billing billing;
  for (const std::string model : {"", "a", "b"}) {
    if (!model.empty() && chance.one_in(2)) continue;
    if (!chance.one_in(4))
      add_prices(chance, billing, model, chance.one_in(2) ? PriceUnit::kGpuHour : PriceUnit::kMilliGpuHour);
    if (!chance.one_in(4)) add_prices(chance, billing, model, PriceUnit::kGpuMonth);
    add_prices(chance, billing, model, PriceUnit::kServerMonth);
    add_prices(chance, billing, model, PriceUnit::kGibMonth);
  }
  const auto rate = [&](const std::string& id) {
    return policy::RateRule{id, {}, condition(chance), chance.below(10'001)};
  };
  for (auto n = chance.below(3); n > 0; --n) billing.matching.push_back(rate("m" + std::to_string(n)));
  for (auto n = chance.below(3); n > 0; --n) billing.discounts.push_back(rate("d" + std::to_string(n)));
  if (chance.one_in(3)) billing.waivers.push_back({"w", {}, condition(chance), {}, ""});
  billing.order = {policy::RateStep::kMatching, policy::RateStep::kDiscount, policy::RateStep::kWaiver};
  std::shuffle(billing.order.begin(), billing.order.end(), chance.engine());
  billing.rounding = {chance.one_in(2) ? 10 : 1,
                      chance.one_in(2) ? policy::RoundAt::kLine : policy::RoundAt::kInvoice};
  return billing;
}

inline model::Payer payer(Chance& chance) {
  model::Payer payer;
  for (const char* kind : {"youth", "regional"}) {
    if (chance.one_in(2)) continue;
    const auto from = day(chance);
    payer.certificates.push_back({kind, from, {}});
    if (chance.one_in(2)) payer.certificates.back().valid_until = base::add_days(from, chance.below(90));
  }
  if (chance.one_in(2)) payer.open_source_from = day(chance);
  if (payer.open_source_from && chance.one_in(2))
    payer.open_source_until = base::add_days(*payer.open_source_from, chance.below(60));
  return payer;
}

inline model::ChargedUse use(Chance& chance) {
  model::ChargedUse use;
  use.model = chance.one_in(2) ? "a" : "b";
  use.account_id = chance.one_in(2) ? "x" : "y";
  use.starts_on = day(chance);
  const bool correction = chance.one_in(6);
  if (correction) use.corrects = "INV-1";
  const auto sign = correction && chance.one_in(2) ? -1 : 1;
  const auto kind = chance.below(4);
  if (kind == 0) {
    use.milli_gpu_ms = sign * chance.below(500'000'000'000);
    return use;
  }
  if (kind == 1 && chance.one_in(2))
    use.gpus = sign * chance.below(30);
  else if (kind == 1)
    use.milli_gpu = sign * chance.below(30'000);
  else if (kind == 2)
    use.servers = sign * chance.below(10);
  else
    use.gib = sign * chance.below(100'000);
  if (chance.one_in(2))
    use.months = 1 + chance.below(14);
  else
    use.ends_on = base::add_days(*use.starts_on, chance.below(400));
  return use;
}

inline Date last_of(const model::ChargedUse& use) {
  if (use.months) return calendar::period_end(*use.starts_on, {*use.months, calendar::Unit::kMonths});
  return use.ends_on.value_or(*use.starts_on);
}

// The same use in two parts: by its amount, or by its days.
inline std::pair<model::ChargedUse, model::ChargedUse> split(Chance& chance, const model::ChargedUse& whole) {
  auto first = whole, second = whole;
  if (!whole.milli_gpu_ms && *whole.starts_on < last_of(whole) && chance.one_in(2)) {
    const auto days = calendar::days_of(*whole.starts_on, last_of(whole));
    first.months.reset();
    second.months.reset();
    first.ends_on = base::add_days(*whole.starts_on, chance.below(days - 1));
    second.ends_on = last_of(whole);
    second.starts_on = base::add_days(*first.ends_on, 1);
    second.counted_from = whole.counted_from.value_or(*whole.starts_on);
    return {first, second};
  }
  for (const auto member :
       {&model::ChargedUse::milli_gpu_ms, &model::ChargedUse::gpus, &model::ChargedUse::milli_gpu,
        &model::ChargedUse::servers, &model::ChargedUse::gib})
    if (whole.*member) {
      const auto part = *(whole.*member) / (2 + chance.below(4));
      first.*member = part;
      second.*member = *(whole.*member) - part;
    }
  return {first, second};
}

}  // namespace dure::programme::testing
