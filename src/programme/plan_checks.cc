#include "programme/plan_checks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "calendar/period.h"
#include "programme/form_fields.h"
#include "programme/summary.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::ScreeningItem;
using model::ScreeningResult;

ScreeningItem plan_item(const ScreeningRules& rules, const std::string& key, ScreeningResult result,
                        Reason reason) {
  const auto found = rules.sources.find(key);
  return {key, found == rules.sources.end() ? "" : found->second, result, std::move(reason)};
}

bool asks_for(const ScreeningRules& rules, const std::string& id) {
  const auto& fields = rules.application.fields;
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.id == id; });
}

// The first part of an answer, "" where there is none.
std::string first_part(const Facts& facts, const std::string& id) {
  const auto found = facts.answers.find(id);
  return found == facts.answers.end() || found->second.empty() ? "" : found->second.front();
}

}  // namespace

std::optional<ScreeningItem> screen_first_use(const model::Form1& form, const Facts& facts,
                                              const ScreeningRules& rules) {
  if (!rules.application.immediate_use_planned) return std::nullopt;
  const auto told = [&](ScreeningResult result, Reason reason) {
    return plan_item(rules, "application.immediate_use_planned", result, std::move(reason));
  };
  const auto text = first_part(facts, kFirstUseField);
  const auto first = base::parse_date(text);
  if (!first || !calendar::check_plannable(*first)) {
    if (!asks_for(rules, kFirstUseField))
      return told(ScreeningResult::kNeedsPerson, Reason("eligibility.first_use_unknown"));
    return told(ScreeningResult::kNotMet,
                Reason("eligibility.first_use_missing").with("field", std::string(kFirstUseField)));
  }
  if (!base::valid(form.starts_on) || !calendar::check_plannable(form.starts_on))
    return std::nullopt;  // what is wrong with the form itself is told as such
  const auto first_text = base::to_text(*first);
  if (*first < form.starts_on)
    return told(ScreeningResult::kNotMet, Reason("eligibility.use_before_start")
                                              .with("first_use_on", first_text)
                                              .with("starts_on", base::to_text(form.starts_on)));
  auto latest = form.starts_on;
  auto set_up_until = form.starts_on;
  if (rules.setup_grace_days > 0) {
    set_up_until = calendar::period_end(form.starts_on, {rules.setup_grace_days, calendar::Unit::kDays});
    latest = calendar::day_after(set_up_until);
  }
  const bool at_once = *first <= latest;
  Reason reason(at_once ? "eligibility.use_at_once" : "eligibility.use_too_late");
  reason.with("first_use_on", first_text)
      .with("set_up_until", base::to_text(set_up_until))
      .with("latest", base::to_text(latest));
  return told(at_once ? ScreeningResult::kMet : ScreeningResult::kNotMet, std::move(reason));
}

std::optional<ScreeningItem> screen_storage(const model::Form1& form, const Facts& facts,
                                            const ScreeningRules& rules) {
  const auto basic = rules.storage_primary.value;
  if (!rules.more_storage_with_reason || basic <= 0) return std::nullopt;
  const auto asked = form.resources.storage.value;
  const auto told = [&](ScreeningResult result, const char* code) {
    return plan_item(rules, "offer.more_storage_with_reason", result,
                     Reason(code).with("bytes", asked).with("basic", basic));
  };
  if (asked <= basic) return told(ScreeningResult::kMet, "eligibility.storage_within");
  if (!blank(first_part(facts, kStorageReasonField)))
    return told(ScreeningResult::kMet, "eligibility.storage_reasoned");
  if (!asks_for(rules, kStorageReasonField))
    return told(ScreeningResult::kNeedsPerson, "eligibility.storage_for_person");
  auto item = told(ScreeningResult::kNotMet, "eligibility.storage_reason_missing");
  item.reason.with("field", std::string(kStorageReasonField));
  return item;
}

std::optional<ScreeningItem> screen_summary(const model::Form1& form, const Facts& facts,
                                            const ScreeningRules& rules) {
  if (rules.application.summary.empty()) return std::nullopt;
  std::vector<std::string> gaps;
  for (const auto& cell : summary_of(form, facts.answers, rules.application))
    if (cell.gap) gaps.push_back(cell.column);
  if (gaps.empty())
    return plan_item(rules, "application.summary", ScreeningResult::kMet,
                     Reason("eligibility.summary_complete"));
  return plan_item(rules, "application.summary", ScreeningResult::kNotMet,
                   Reason("eligibility.summary_gaps").with("fields", joined(gaps)));
}

}  // namespace dure::programme
