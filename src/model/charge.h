// What is charged, offline: a payer and what he held or used in, a bill with its breakdown out (`dure rate`).
// Plain values without a table: nothing here is stored.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/party.h"

namespace dure::model {

// More than any centre has, and few enough that sums of all of them stay within 64 bits.
inline constexpr std::int64_t kMostUses = 20'000;
inline constexpr std::int64_t kMostChargedGpus = 1'000'000;
inline constexpr std::int64_t kMostChargedGib = 1'000'000'000;
inline constexpr std::int64_t kMostChargedMonths = 120;
inline constexpr std::int64_t kMostMilliGpuMs = 4'000'000'000'000'000'000;  // 10'000 GPUs for twelve years
inline constexpr std::int64_t kMostFigure = 1'000'000'000'000;

// A certificate that somebody of the centre looked at; both days belong to it.
struct PayerCertificate {
  std::string kind;
  std::optional<base::Date> valid_from;  // required
  std::optional<base::Date> valid_until;
};
DURE_VALUE_FIELDS(PayerCertificate, field("kind", &PayerCertificate::kind),
                  field("valid_from", &PayerCertificate::valid_from),
                  field("valid_until", &PayerCertificate::valid_until));

// What the conditions of a price list may ask about who pays.
struct Payer {
  OrganisationClass organisation_class = OrganisationClass::kOther;
  std::string region;
  bool participating_university = false;
  std::optional<base::Date> received_on;  // day of the application's receipt; left out: first day of use
  std::optional<base::Date> award_on;
  std::string applicant_role;
  std::optional<base::Date> born_on;
  std::optional<base::Date> appointed_on;
  std::vector<PayerCertificate> certificates;
  std::vector<std::string> documents;  // kinds that are attached
  // The results are published under an open licence from this day on, with proof (I4); both days count.
  std::optional<base::Date> open_source_from;
  std::optional<base::Date> open_source_until;
  std::map<std::string, std::int64_t> figures;  // "employees": 40
};
DURE_VALUE_FIELDS(Payer, field("organisation_class", &Payer::organisation_class),
                  field("region", &Payer::region),
                  field("participating_university", &Payer::participating_university),
                  field("received_on", &Payer::received_on), field("award_on", &Payer::award_on),
                  field("applicant_role", &Payer::applicant_role), field("born_on", &Payer::born_on),
                  field("appointed_on", &Payer::appointed_on), field("certificates", &Payer::certificates),
                  field("documents", &Payer::documents), field("open_source_from", &Payer::open_source_from),
                  field("open_source_until", &Payer::open_source_until), field("figures", &Payer::figures));

// One thing that was held or used, of one model, by one account. Exactly one amount is given:
//   milli_gpu_ms   metered: milli-GPU times milliseconds, as in ledger entries
//   gpus, milli_gpu, servers, gib   held from starts_on to ends_on, both days counted
// `months` may stand for ends_on. `counted_from` is the day from which months are counted (article 160) where
// an earlier part of the same use is on another bill; left out: starts_on.
struct ChargedUse {
  std::string model;
  std::string account_id;
  std::optional<std::int64_t> milli_gpu_ms;
  std::optional<std::int64_t> gpus;
  std::optional<std::int64_t> milli_gpu;
  std::optional<std::int64_t> servers;
  std::optional<std::int64_t> gib;
  std::optional<base::Date> starts_on;  // required
  std::optional<base::Date> ends_on;
  std::optional<std::int64_t> months;
  std::optional<base::Date> counted_from;
  std::string corrects;  // number of the invoice that billed it: only then may an amount be negative
};
DURE_VALUE_FIELDS(ChargedUse, field("model", &ChargedUse::model),
                  field("account_id", &ChargedUse::account_id),
                  field("milli_gpu_ms", &ChargedUse::milli_gpu_ms, Range{-kMostMilliGpuMs, kMostMilliGpuMs}),
                  field("gpus", &ChargedUse::gpus, Range{-kMostChargedGpus, kMostChargedGpus}),
                  field("milli_gpu", &ChargedUse::milli_gpu,
                        Range{-1000 * kMostChargedGpus, 1000 * kMostChargedGpus}),
                  field("servers", &ChargedUse::servers, Range{-kMostChargedGpus, kMostChargedGpus}),
                  field("gib", &ChargedUse::gib, Range{-kMostChargedGib, kMostChargedGib}),
                  field("starts_on", &ChargedUse::starts_on), field("ends_on", &ChargedUse::ends_on),
                  field("months", &ChargedUse::months, Range{1, kMostChargedMonths}),
                  field("counted_from", &ChargedUse::counted_from), field("corrects", &ChargedUse::corrects));

struct UsageStatement {
  Payer payer;
  std::optional<base::Date> issued_on;  // then the bill says by when it is to be paid
  std::vector<ChargedUse> uses;
};
DURE_VALUE_FIELDS(UsageStatement, field("payer", &UsageStatement::payer),
                  field("issued_on", &UsageStatement::issued_on), field("uses", &UsageStatement::uses));

enum class ChargeStepKind { kPrice, kFree, kMatching, kDiscount, kWaiver, kRounding, kTax };
DURE_ENUM(ChargeStepKind, DURE_NAME(kPrice, "price"), DURE_NAME(kFree, "free"),
          DURE_NAME(kMatching, "matching"), DURE_NAME(kDiscount, "discount"), DURE_NAME(kWaiver, "waiver"),
          DURE_NAME(kRounding, "rounding"), DURE_NAME(kTax, "tax"));

// One rule that made a figure of another: after = what the rule makes of before.
struct ChargeStep {
  ChargeStepKind kind = ChargeStepKind::kPrice;
  std::string rule;    // id of the rule in the pack: "youth", "market-h200"
  std::string key;     // key of the pack that it stands under: "billing.discounts"
  std::string source;  // where the rule is written down
  std::optional<std::int64_t> rate_bp;
  base::Krw before;
  base::Krw after;
  bool operator==(const ChargeStep&) const = default;
};
DURE_VALUE_FIELDS(ChargeStep, field("kind", &ChargeStep::kind), field("rule", &ChargeStep::rule),
                  field("key", &ChargeStep::key), field("source", &ChargeStep::source),
                  field("rate_bp", &ChargeStep::rate_bp), field("before_krw", &ChargeStep::before),
                  field("after_krw", &ChargeStep::after));

// One line: `quantity` of which `per` cost `price`. gross - discount = amount.
struct Charge {
  std::int64_t number = 0;
  std::string model;
  std::string account_id;
  std::string corrects;
  base::Date first_day;
  base::Date last_day;
  std::string price_item;
  std::string unit;  // of the price: "gpu_hour", "gpu_month", "server_month", "gib_month"
  base::Krw price;   // of one unit
  std::int64_t quantity = 0;
  std::int64_t per = 1;
  bool tax_free = false;
  base::Krw gross;
  base::Krw discount;
  base::Krw amount;
  base::Krw tax;
  std::vector<ChargeStep> steps;
  bool operator==(const Charge&) const = default;
};
DURE_VALUE_FIELDS(Charge, field("number", &Charge::number), field("model", &Charge::model),
                  field("account_id", &Charge::account_id), field("corrects", &Charge::corrects),
                  field("first_day", &Charge::first_day), field("last_day", &Charge::last_day),
                  field("price_item", &Charge::price_item), field("unit", &Charge::unit),
                  field("price_krw", &Charge::price), field("quantity", &Charge::quantity),
                  field("per", &Charge::per), field("tax_free", &Charge::tax_free),
                  field("gross_krw", &Charge::gross), field("discount_krw", &Charge::discount),
                  field("amount_krw", &Charge::amount), field("tax_krw", &Charge::tax),
                  field("steps", &Charge::steps));

// A rule of the pack that took part in no line, and why.
struct RuleNotApplied {
  std::string key;
  std::string rule;
  base::Reason reason;
};
DURE_VALUE_FIELDS(RuleNotApplied, field("key", &RuleNotApplied::key), field("rule", &RuleNotApplied::rule),
                  field("reason", &RuleNotApplied::reason));

// The amounts of the lines add up to total; payable = total + tax.
struct RatedStatement {
  std::string programme;
  std::string policy_version;
  std::string policy_hash;
  std::vector<Charge> lines;
  base::Krw gross;
  base::Krw discount;
  base::Krw total;
  base::Krw taxed;     // of the total
  base::Krw tax_free;  // of the total
  base::Krw tax;
  base::Krw payable;
  std::optional<base::Date> due_on;
  std::vector<ChargeStep> steps;  // of the whole bill: its tax, where that is rounded at the invoice
  std::vector<RuleNotApplied> not_applied;
};
DURE_VALUE_FIELDS(RatedStatement, field("programme", &RatedStatement::programme),
                  field("policy_version", &RatedStatement::policy_version),
                  field("policy_hash", &RatedStatement::policy_hash), field("lines", &RatedStatement::lines),
                  field("gross_krw", &RatedStatement::gross),
                  field("discount_krw", &RatedStatement::discount),
                  field("total_krw", &RatedStatement::total), field("taxed_krw", &RatedStatement::taxed),
                  field("tax_free_krw", &RatedStatement::tax_free), field("tax_krw", &RatedStatement::tax),
                  field("payable_krw", &RatedStatement::payable), field("due_on", &RatedStatement::due_on),
                  field("steps", &RatedStatement::steps), field("not_applied", &RatedStatement::not_applied));

}  // namespace dure::model
