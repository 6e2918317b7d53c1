#include "programme/statement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "calendar/period.h"
#include "model/application.h"
#include "programme/invoice_states.h"
#include "programme/price_rules.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::ChargedUse;

constexpr std::int64_t kDayMs = 86'400'000;

Facts facts_of(const model::Payer& payer, base::Date first_use) {
  Facts facts;
  facts.received_on = payer.received_on.value_or(first_use);
  facts.award_on = payer.award_on;
  facts.applicant_role = payer.applicant_role;
  facts.born_on = payer.born_on;
  facts.appointed_on = payer.appointed_on;
  for (const auto& each : payer.certificates)
    facts.certificates.push_back({each.kind, *each.valid_from, each.valid_until});
  for (const auto& kind : payer.documents) facts.documents.push_back({kind, "", {}});
  facts.open_source = false;
  facts.open_source_from = payer.open_source_from;
  facts.open_source_until = payer.open_source_until;
  facts.figures = payer.figures;
  return facts;
}

model::Form1 form_of(const model::Payer& payer) {
  model::Form1 form;
  form.applicant.organisation_class = payer.organisation_class;
  form.applicant.region = payer.region;
  form.applicant.participating_university = payer.participating_university;
  return form;
}

base::Date last_day(const ChargedUse& use) {
  if (use.months) return calendar::period_end(*use.starts_on, {*use.months, calendar::Unit::kMonths});
  return use.ends_on.value_or(*use.starts_on);
}

Measure measure_of(const ChargedUse& use) {
  if (use.milli_gpu_ms) return Measure::kMetered;
  if (use.servers) return Measure::kServers;
  return use.gib ? Measure::kStorage : Measure::kGpus;
}

// What is held, in the unit that quanta_of() counts: milli-GPU, servers, GiB.
std::int64_t held_amount(const ChargedUse& use) {
  if (use.gpus) return *use.gpus * 1000;
  if (use.servers) return *use.servers;
  return use.gib ? *use.gib : use.milli_gpu.value_or(0);
}

// The rules of the payer over the whole time of the statement; equal ones are one, however often they come.
// What one use costs follows from its own price and the factors: another thing's price may change meanwhile.
class Rulebook {
 public:
  Rulebook(const policy::Pack& pack, const BillingSources& sources, const model::Payer& payer,
           base::Date first, base::Date last) {
    const auto form = form_of(payer);
    const auto facts = facts_of(payer, first);
    auto days = change_days(pack.billing, facts, first, last);
    days.insert(days.begin(), first);
    for (const auto day : days) {
      auto rules = price_rules(pack.billing, sources, form, facts, day);
      const auto same = std::ranges::find_if(rules_, [&](const auto& each) { return equal(each, rules); });
      const auto index = static_cast<std::size_t>(same - rules_.begin());
      if (same == rules_.end()) rules_.push_back(std::move(rules));
      if (spans_.empty() || spans_.back().rules != index) spans_.push_back({day, index});
    }
    for (const auto& rules : rules_) add_terms(rules);
  }

  struct Span {
    base::Date first;
    std::size_t rules;
  };
  struct Piece {
    base::Date first;
    base::Date last;
    std::size_t rules;
  };
  // Two pieces cost the same where both are the same.
  struct Terms {
    std::size_t price = kNoPrice;
    std::size_t factors = 0;  // of the rules at(factors)
    auto operator<=>(const Terms&) const = default;
  };

  // [first, last] cut where the rules change.
  std::vector<Piece> cut(base::Date first, base::Date last) const {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < spans_.size(); ++i) {
      const auto begin = std::max(first, spans_[i].first);
      const auto end =
          i + 1 < spans_.size() ? std::min(last, calendar::day_before(spans_[i + 1].first)) : last;
      if (begin <= end) pieces.push_back({begin, end, spans_[i].rules});
    }
    return pieces;
  }
  // REQUIRES: the price is one of at(rules), or nullptr.
  Terms terms(std::size_t rules, const Price* price) const {
    const auto& known = known_[rules];
    if (!price) return {kNoPrice, known.factors};
    return {known.prices[static_cast<std::size_t>(price - rules_[rules].prices.data())], known.factors};
  }
  const PriceRules& at(std::size_t index) const { return rules_[index]; }
  const std::vector<PriceRules>& all() const { return rules_; }

 private:
  static constexpr std::size_t kNoPrice = static_cast<std::size_t>(-1);

  // The first of equal factors and prices stands for all of them.
  struct Known {
    std::size_t factors = 0;
    std::vector<std::size_t> prices;
  };

  void add_terms(const PriceRules& rules) {
    const auto alike = [&](const auto& each) { return equal_factors(each, rules); };
    Known known{static_cast<std::size_t>(std::ranges::find_if(rules_, alike) - rules_.begin()), {}};
    for (const auto& price : rules.prices)
      known.prices.push_back(price_numbers_.try_emplace(price.id, price_numbers_.size()).first->second);
    known_.push_back(std::move(known));
  }
  static bool equal_factors(const PriceRules& a, const PriceRules& b) {
    return a.factors == b.factors && a.free_rule == b.free_rule;
  }
  static bool equal(const PriceRules& a, const PriceRules& b) {
    const auto same = [](const Price& x, const Price& y) { return x.id == y.id; };
    return equal_factors(a, b) && std::ranges::equal(a.prices, b.prices, same);
  }

  std::vector<PriceRules> rules_;
  std::vector<Known> known_;  // by rules
  std::map<std::string, std::size_t> price_numbers_;
  std::vector<Span> spans_;
};

// What is added up before it is charged.
struct Key {
  std::string corrects;
  std::string model;
  std::string account;
  Measure measure = Measure::kMetered;
  Rulebook::Terms terms;
  auto operator<=>(const Key&) const = default;
};
struct Sum {
  const Price* price = nullptr;
  base::Wide quantity = 0;
  base::Date first;
  base::Date last;
  std::size_t use = 0;  // the first of them: where a fault is shown
};
using Sums = std::map<Key, Sum>;

base::Error fault_of(std::size_t use, const Reason& reason) {
  return base::invalid(Reason("rating.statement_invalid").with("count", 1),
                       {{"/uses/" + std::to_string(use), reason}});
}

class Adder {
 public:
  Adder(const Rulebook& book, policy::PartMonth part_month) : book_(book), part_month_(part_month) {}

  base::Status add(std::size_t index, const ChargedUse& use) {
    std::optional<Rulebook::Terms> before;
    for (const auto& piece : book_.cut(*use.starts_on, last_day(use))) {
      DURE_LET(price, price_of(index, use, piece));
      const auto terms = book_.terms(piece.rules, price);
      const bool metered = use.milli_gpu_ms.has_value();
      if (metered && before && *before != terms)
        return fault_of(index, Reason("rating.rules_change_within").with("day", base::to_text(piece.first)));
      Sum& sum =
          sum_for(index, piece, {use.corrects, use.model, use.account_id, measure_of(use), terms}, price);
      if (!metered)
        sum.quantity += held_quantity(use, piece, price);
      else if (!before)
        sum.quantity += *use.milli_gpu_ms;
      before = terms;
    }
    return {};
  }
  const Sums& sums() const { return sums_; }

 private:
  // nullptr: it is free and needs none.
  base::Result<const Price*> price_of(std::size_t index, const ChargedUse& use,
                                      const Rulebook::Piece& piece) const {
    const auto& rules = book_.at(piece.rules);
    auto price = find_price(rules.prices, use.model, measure_of(use));
    if (!price) return fault_of(index, price.failure().reason);
    if (!*price && rules.free_rule.empty())
      return fault_of(index, Reason("rating.no_price").with("model", use.model));
    return price;
  }

  Sum& sum_for(std::size_t index, const Rulebook::Piece& piece, Key key, const Price* price) {
    const auto [at, fresh] = sums_.try_emplace(std::move(key));
    Sum& sum = at->second;
    if (fresh) sum = {price, 0, piece.first, piece.last, index};
    sum.first = std::min(sum.first, piece.first);
    sum.last = std::max(sum.last, piece.last);
    return sum;
  }

  base::Wide held_quantity(const ChargedUse& use, const Rulebook::Piece& piece, const Price* price) const {
    const base::Wide amount = held_amount(use);
    const bool by_hour =
        measure_of(use) == Measure::kGpus && price && price->unit != policy::PriceUnit::kGpuMonth;
    if (by_hour) return amount * calendar::days_of(piece.first, piece.last) * kDayMs;
    return amount *
           month_parts(use.counted_from.value_or(*use.starts_on), piece.first, piece.last, part_month_);
  }

  const Rulebook& book_;
  policy::PartMonth part_month_;
  Sums sums_;
};

// By corrected invoice, model, account and measure, and then by time.
std::vector<const Sums::value_type*> in_order(const Sums& sums) {
  std::vector<const Sums::value_type*> all;
  all.reserve(sums.size());
  for (const auto& each : sums) all.push_back(&each);
  const auto place = [](const Sums::value_type& each) {
    const auto& [key, sum] = each;
    return std::tie(key.corrects, key.model, key.account, key.measure, sum.first);
  };
  std::ranges::stable_sort(all, [&](const auto* a, const auto* b) { return place(*a) < place(*b); });
  return all;
}

base::Result<std::vector<model::Charge>> charges_of(const Sums& sums, const Rulebook& book) {
  std::vector<model::Charge> lines;
  for (const auto* each : in_order(sums)) {
    const auto& [key, sum] = *each;
    if (sum.quantity > model::kMostMilliGpuMs || sum.quantity < -model::kMostMilliGpuMs)
      return fault_of(sum.use, Reason("rating.quantity_too_large").with("most", model::kMostMilliGpuMs));
    auto line =
        charge(sum.price, key.model, static_cast<std::int64_t>(sum.quantity), book.at(key.terms.factors));
    if (!line) return fault_of(sum.use, line.failure().reason);
    line->number = static_cast<std::int64_t>(lines.size()) + 1;
    line->model = key.model;
    line->account_id = key.account;
    line->corrects = key.corrects;
    line->first_day = sum.first;
    line->last_day = sum.last;
    lines.push_back(std::move(*line));
  }
  return lines;
}

model::ChargeStep tax_step(base::Krw on, base::Krw tax, const policy::Tax& rule, const std::string& source) {
  return {model::ChargeStepKind::kTax, "tax", "billing.tax", source, rule.rate_bp, on, tax};
}

void add_statement_tax(model::RatedStatement& bill, const policy::Tax& rule, const std::string& source) {
  for (auto& line : bill.lines) {
    auto& kind = line.tax_free ? bill.tax_free : bill.taxed;
    kind = kind + line.amount;
    if (rule.rate_bp == 0 || line.tax_free || rule.at != policy::RoundAt::kLine) continue;
    line.tax = tax_on(line.amount, rule);
    line.steps.push_back(tax_step(line.amount, line.tax, rule, source));
    bill.tax = bill.tax + line.tax;
  }
  if (rule.rate_bp == 0 || rule.at == policy::RoundAt::kLine) return;
  bill.tax = tax_on(bill.taxed, rule);
  bill.steps.push_back(tax_step(bill.taxed, bill.tax, rule, source));
}

// A rule that took part on no day, with the reason of the first.
std::vector<model::RuleNotApplied> left_out(const std::vector<PriceRules>& all) {
  const auto id = [](const std::string& key, const std::string& rule) { return key + " " + rule; };
  std::map<std::string, bool> applied;
  for (const auto& rules : all)
    for (const auto& factor : rules.factors) applied[id(factor.key, factor.id)] = true;
  std::vector<model::RuleNotApplied> out;
  for (const auto& rules : all)
    for (const auto& each : rules.not_applied)
      if (applied.try_emplace(id(each.key, each.rule), true).second) out.push_back(each);
  return out;
}

}  // namespace

base::Result<model::RatedStatement> rate_statement(const policy::Pack& pack,
                                                   const model::UsageStatement& statement) {
  DURE_TRY(check_statement(statement));
  model::RatedStatement bill;
  bill.programme = pack.meta.programme;
  bill.policy_version = pack.meta.version;
  if (bill.programme.empty() && !pack.layers.empty()) {  // a file of its own, without `meta`
    bill.programme = pack.layers.back().id;
    bill.policy_version = pack.layers.back().version;
  }
  bill.policy_hash = pack.hash();
  if (statement.issued_on) bill.due_on = invoice_due_day(pack, *statement.issued_on);
  if (statement.uses.empty()) return bill;
  auto first = *statement.uses[0].starts_on;
  auto last = first;
  for (const auto& use : statement.uses) {
    first = std::min(first, *use.starts_on);
    last = std::max(last, last_day(use));
  }
  const auto sources = billing_sources(pack);
  const Rulebook book(pack, sources, statement.payer, first, last);
  Adder adder(book, pack.billing.part_month);
  for (std::size_t i = 0; i < statement.uses.size(); ++i) DURE_TRY(adder.add(i, statement.uses[i]));
  DURE_LET(lines, charges_of(adder.sums(), book));
  DURE_TRY(check_sum(lines));
  bill.lines = std::move(lines);
  round_charges(bill.lines, pack.billing.rounding, sources.rounding);
  for (const auto& line : bill.lines) {
    bill.gross = bill.gross + line.gross;
    bill.discount = bill.discount + line.discount;
    bill.total = bill.total + line.amount;
  }
  add_statement_tax(bill, pack.billing.tax, sources.tax);
  bill.payable = bill.total + bill.tax;
  bill.not_applied = left_out(book.all());
  return bill;
}

}  // namespace dure::programme
