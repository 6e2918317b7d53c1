// What may be wrong in a statement of uses.
#include <algorithm>
#include <array>
#include <optional>

#include "calendar/period.h"
#include "model/ranges.h"
#include "programme/statement.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::ChargedUse;

// Collects faults, each under its pointer.
class StatementFaults {
 public:
  // `at` + `name` is the pointer; put together only where there is a fault, for most statements have none.
  void add(const std::string& at, const char* name, Reason reason) {
    details_.push_back({at + name, std::move(reason)});
  }
  // True where the day may be computed with.
  bool plannable(const std::string& at, const char* name, const std::optional<base::Date>& day) {
    if (!day) return true;
    const auto status = calendar::check_plannable(*day);
    if (!status.ok()) add(at, name, status.failure().reason);
    return status.ok();
  }
  void not_before(const std::string& at, const char* name, const std::optional<base::Date>& later,
                  const std::optional<base::Date>& earlier) {
    if (later && earlier && *later < *earlier)
      add(at, name,
          Reason("rating.ends_before_it_begins")
              .with("from", base::to_text(*earlier))
              .with("until", base::to_text(*later)));
  }
  base::Status status() && {
    if (details_.empty()) return {};
    const auto count = static_cast<std::int64_t>(details_.size());
    return base::invalid(Reason("rating.statement_invalid").with("count", count), std::move(details_));
  }

 private:
  std::vector<base::Detail> details_;
};

std::array<std::optional<std::int64_t>, 5> amounts_of(const ChargedUse& use) {
  return {use.milli_gpu_ms, use.gpus, use.milli_gpu, use.servers, use.gib};
}

// As model::check_ranges, without the pointers.
bool numbers_hold(const ChargedUse& use) {
  bool hold = true;
  model::for_each_field<ChargedUse>([&](const auto& field) {
    const auto number = model::ranges::number_of(use.*field.member);
    hold = hold && (!number || field.range.holds(*number));
  });
  return hold;
}

void check_used_amount(const ChargedUse& use, const std::string& at, StatementFaults& faults) {
  const auto amounts = amounts_of(use);
  if (std::ranges::count_if(amounts, [](const auto& each) { return each.has_value(); }) != 1)
    faults.add(at, "", Reason("rating.one_amount"));
  const bool negative = std::ranges::any_of(amounts, [](const auto& each) { return each && *each < 0; });
  if (negative && use.corrects.empty()) faults.add(at, "", Reason("rating.negative_without_correction"));
  if (use.model.empty() && !use.gib && !use.servers) faults.add(at, "/model", Reason("rating.model_missing"));
}

base::Date last_of(const ChargedUse& use) {
  return calendar::period_end(*use.starts_on, {*use.months, calendar::Unit::kMonths});
}

void check_days(const ChargedUse& use, const std::string& at, StatementFaults& faults) {
  if (!use.starts_on) faults.add(at, "/starts_on", Reason("rating.date_missing"));
  const bool known = use.starts_on && faults.plannable(at, "/starts_on", use.starts_on) &&
                     faults.plannable(at, "/ends_on", use.ends_on) &&
                     faults.plannable(at, "/counted_from", use.counted_from);
  if (!known) return;
  if (use.ends_on && use.months) faults.add(at, "/months", Reason("rating.one_end"));
  if (use.milli_gpu_ms && use.months) faults.add(at, "/months", Reason("rating.metered_has_no_months"));
  if (!use.milli_gpu_ms && !use.ends_on && !use.months) faults.add(at, "/ends_on", Reason("rating.no_end"));
  faults.not_before(at, "/ends_on", use.ends_on, use.starts_on);
  faults.not_before(at, "/counted_from", use.starts_on, use.counted_from);
  // The end is bounded whichever way it is given, and counted from where its months are counted from.
  const char* end = use.ends_on ? "/ends_on" : use.months ? "/months" : "/counted_from";
  const auto last = use.ends_on ? *use.ends_on : use.months ? last_of(use) : *use.starts_on;
  if (!faults.plannable(at, end, last)) return;
  const auto begins = std::min(use.counted_from.value_or(*use.starts_on), *use.starts_on);
  const calendar::Length longest{model::kMostChargedMonths, calendar::Unit::kMonths};
  if (calendar::period_end(begins, longest) < last)
    faults.add(at, end, Reason("rating.use_too_long").with("months", model::kMostChargedMonths));
}

void check_payer(const model::Payer& payer, StatementFaults& faults) {
  faults.plannable("/payer", "/received_on", payer.received_on);
  faults.plannable("/payer", "/award_on", payer.award_on);
  faults.plannable("/payer", "/born_on", payer.born_on);
  faults.plannable("/payer", "/appointed_on", payer.appointed_on);
  if (faults.plannable("/payer", "/open_source_from", payer.open_source_from) &&
      faults.plannable("/payer", "/open_source_until", payer.open_source_until)) {
    if (payer.open_source_until && !payer.open_source_from)
      faults.add("/payer", "/open_source_from", Reason("rating.open_source_from_missing"));
    faults.not_before("/payer", "/open_source_until", payer.open_source_until, payer.open_source_from);
  }
  const auto certificates = static_cast<std::int64_t>(payer.certificates.size());
  if (certificates > kMostCertificates) {
    faults.add(
        "/payer/certificates", "",
        Reason("rating.too_many_certificates").with("count", certificates).with("most", kMostCertificates));
    return;
  }
  for (std::size_t i = 0; i < payer.certificates.size(); ++i) {
    const auto& each = payer.certificates[i];
    const auto at = "/payer/certificates/" + std::to_string(i);
    if (each.kind.empty()) faults.add(at, "/kind", Reason("rating.kind_missing"));
    if (!each.valid_from) faults.add(at, "/valid_from", Reason("rating.date_missing"));
    if (faults.plannable(at, "/valid_from", each.valid_from) &&
        faults.plannable(at, "/valid_until", each.valid_until))
      faults.not_before(at, "/valid_until", each.valid_until, each.valid_from);
  }
  for (const auto& [name, figure] : payer.figures)
    if (figure < 0 || figure > model::kMostFigure)
      faults.add("/payer/figures/" + name, "",
                 Reason("number.out_of_range")
                     .with("value", figure)
                     .with("least", 0)
                     .with("most", model::kMostFigure));
}

}  // namespace

base::Status check_statement(const model::UsageStatement& statement) {
  if (!std::ranges::all_of(statement.uses, numbers_hold)) DURE_TRY(model::check_ranges(statement));
  StatementFaults faults;
  const auto count = static_cast<std::int64_t>(statement.uses.size());
  if (count > model::kMostUses) {
    faults.add("/uses", "",
               Reason("rating.too_many_uses").with("count", count).with("most", model::kMostUses));
    return std::move(faults).status();
  }
  check_payer(statement.payer, faults);
  faults.plannable("/issued_on", "", statement.issued_on);
  for (std::size_t i = 0; i < statement.uses.size(); ++i) {
    const auto at = "/uses/" + std::to_string(i);
    check_used_amount(statement.uses[i], at, faults);
    check_days(statement.uses[i], at, faults);
  }
  return std::move(faults).status();
}

}  // namespace dure::programme
