#include "programme/eligibility.h"

#include <string>
#include <utility>

#include "programme/decision.h"
#include "programme/form_answers.h"
#include "programme/form_fields.h"
#include "programme/one_resource.h"
#include "programme/plan_checks.h"
#include "programme/unit_ids.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::Form1;
using model::ScreeningItem;
using model::ScreeningResult;

// What an item that is not met means for the application.
enum class Weight { kEligibility, kForm, kEvidence };

struct Weighed {
  ScreeningItem item;
  Weight weight = Weight::kForm;
};
using Items = std::vector<Weighed>;

std::string source_of(const ScreeningRules& rules, const std::string& key) {
  const auto found = rules.sources.find(key);
  return found == rules.sources.end() ? "" : found->second;
}

ScreeningItem item(const ScreeningRules& rules, const std::string& key, ScreeningResult result,
                   Reason reason) {
  return {key, source_of(rules, key), result, std::move(reason)};
}

void add_item(Items& items, const ScreeningRules& rules, const std::string& key, bool met, Reason because_met,
              Reason because_not, Weight weight = Weight::kForm) {
  items.push_back({item(rules, key, met ? ScreeningResult::kMet : ScreeningResult::kNotMet,
                        met ? std::move(because_met) : std::move(because_not)),
                   weight});
}

ScreeningItem rule_item(const ScreeningRules& rules, const std::string& key, const policy::Rule& rule,
                        ScreeningResult result, Reason reason) {
  auto made = item(rules, key, result, std::move(reason));
  made.rule = key + "." + rule.id;
  if (!rule.source.empty()) made.source = rule.source;
  return made;
}

// One of the rules must hold. The first that holds is told, one whose evidence is there before others; where
// none does, all are. Adds what is missing of the evidence of the one that holds. `made`: an item of a rule.
template <class Made>
void screen_one_of(const std::vector<policy::Rule>& all, const Form1& form, const Facts& facts,
                   const ScreeningRules& rules, Made made, Items& items, std::vector<std::string>& evidence) {
  Items open, failed;
  std::optional<Weighed> held;
  std::vector<std::string> missing;
  for (const auto& rule : all) {
    const auto answer = evaluate(rule, form, facts, rules.documents.list);
    const bool met = answer.answer == Answer::kYes, unknown = answer.answer == Answer::kUnknown;
    const auto result = met       ? ScreeningResult::kMet
                        : unknown ? ScreeningResult::kNeedsPerson
                                  : ScreeningResult::kNotMet;
    Weighed one{made(rule, result, answer.reason), Weight::kEligibility};
    if (!met) {
      (unknown ? open : failed).push_back(std::move(one));
      continue;
    }
    auto lacking = missing_evidence(rule, facts, rules.documents.list);
    if (lacking.empty()) return items.push_back(std::move(one));
    if (held) continue;
    held = std::move(one);
    missing = std::move(lacking);
  }
  if (held) {
    items.push_back(std::move(*held));
    evidence.insert(evidence.end(), missing.begin(), missing.end());
    return;
  }
  const auto& told = open.empty() ? failed : open;
  items.insert(items.end(), told.begin(), told.end());
}

// C1, C2, C3.
void screen_include(const Form1& form, const Facts& facts, const ScreeningRules& rules, Items& items,
                    std::vector<std::string>& evidence) {
  const auto made = [&](const policy::Rule& rule, ScreeningResult result, const Reason& reason) {
    return rule_item(rules, "eligibility.include", rule, result, reason);
  };
  screen_one_of(rules.eligibility.include, form, facts, rules, made, items, evidence);
}

// C3, C4: of the rules of its track one must hold, too.
void screen_track(const Form1& form, const Facts& facts, const ScreeningRules& rules, Items& items,
                  std::vector<std::string>& evidence) {
  if (!rules.track) return;
  const auto& track = *rules.track;
  const auto made = [&](const policy::Rule& rule, ScreeningResult result, const Reason& reason) {
    auto one = rule_item(rules, "call.tracks", rule, result, reason);
    one.rule = "call.tracks." + track.id + "." + rule.id;
    if (rule.source.empty() && !track.source.empty()) one.source = track.source;
    return one;
  };
  screen_one_of(track.include, form, facts, rules, made, items, evidence);
}

// C2: none may hold.
void screen_exclude(const Form1& form, const Facts& facts, const ScreeningRules& rules, Items& items) {
  for (const auto& rule : rules.eligibility.exclude) {
    const auto answer = evaluate(rule, form, facts, rules.documents.list);
    const auto result = answer.answer == Answer::kYes  ? ScreeningResult::kNotMet
                        : answer.answer == Answer::kNo ? ScreeningResult::kMet
                                                       : ScreeningResult::kNeedsPerson;
    items.push_back(
        {rule_item(rules, "eligibility.exclude", rule, result, answer.reason), Weight::kEligibility});
  }
}

// C5: what may exclude, if a person says so with the ground.
void screen_person_decides(const Form1& form, const Facts& facts, const ScreeningRules& rules, Items& items) {
  for (const auto& rule : rules.eligibility.person_decides) {
    const auto answer = evaluate(rule, form, facts, rules.documents.list);
    const auto result = answer.answer == Answer::kNo ? ScreeningResult::kMet : ScreeningResult::kNeedsPerson;
    items.push_back(
        {rule_item(rules, "eligibility.person_decides", rule, result, answer.reason), Weight::kEligibility});
  }
}

// Environments that the pack does not name; "other" permits any text.
std::vector<std::string> unknown_environments(const Form1& form, const policy::ApplicationRules& rules) {
  std::vector<std::string> unknown;
  if (rules.environments.empty() || among(rules.environments, "other")) return unknown;
  for (const auto& wanted : form.environments)
    if (!among(rules.environments, wanted)) unknown.push_back(wanted);
  return unknown;
}

// D1, D2, D4, D6.
void screen_form(const Form1& form, const Facts& facts, const ScreeningRules& rules, Items& items) {
  const auto& wanted = rules.application;
  const std::string kind(model::to_text(form.kind));
  if (!wanted.kinds.empty())
    add_item(items, rules, "application.kinds", among(wanted.kinds, kind),
             Reason("eligibility.kind_taken").with("kind", kind),
             Reason("eligibility.kind_not_taken").with("kind", kind).with("kinds", joined(wanted.kinds)));
  const auto missing = missing_fields(form, wanted.required_fields);
  add_item(items, rules, "application.required_fields", missing.empty(),
           Reason("eligibility.fields_complete"),
           Reason("eligibility.fields_missing").with("fields", joined(missing)));
  const auto unknown = unknown_environments(form, wanted);
  if (!wanted.environments.empty())
    add_item(items, rules, "application.environments", unknown.empty(),
             Reason("eligibility.environments_known"),
             Reason("eligibility.environments_unknown").with("environments", joined(unknown)));
  if (wanted.guideline_consent_required)
    add_item(items, rules, "application.guideline_consent_required", form.guideline_agreed,
             Reason("eligibility.guideline_agreed"), Reason("eligibility.guideline_not_agreed"));
  if (wanted.privacy_consent_required)
    add_item(items, rules, "application.privacy_consent_required", form.privacy_agreed,
             Reason("eligibility.privacy_agreed"), Reason("eligibility.privacy_not_agreed"));
  if (wanted.signature_required) {
    const bool is_signed = !form.signer.empty() && form.signed_on && *form.signed_on <= facts.received_on;
    add_item(items, rules, "application.signature_required", is_signed, Reason("eligibility.signed"),
             Reason("eligibility.not_signed"));
  }
}

// F5: the months of the form.
void screen_period(const Form1& form, const ScreeningRules& rules, Items& items) {
  const auto max = calendar::to_text(rules.max_period);
  const bool within = form.months >= 1 && period_within(form.starts_on, form.months, rules.max_period);
  add_item(items, rules, "award.max_period", within,
           Reason("eligibility.period_within").with("months", form.months).with("max_period", max),
           Reason("eligibility.period_not_within").with("months", form.months).with("max_period", max));
  if (within && rules.min_period) {
    const auto min = calendar::to_text(*rules.min_period);
    const bool enough = calendar::period_end(form.starts_on, *rules.min_period) <=
                        calendar::period_end(form.starts_on, {form.months, calendar::Unit::kMonths});
    add_item(items, rules, "award.min_period", enough,
             Reason("eligibility.period_long_enough").with("months", form.months).with("min_period", min),
             Reason("eligibility.period_too_short").with("months", form.months).with("min_period", min));
  }
  if (!within || !rules.use_until) return;
  const auto until = base::to_text(*rules.use_until);
  const auto beyond = end_beyond(form.starts_on, form.months, rules.use_until);
  add_item(items, rules, "award.use_until", !beyond,
           Reason("eligibility.ends_in_time").with("use_until", until),
           Reason("eligibility.ends_too_late")
               .with("ends_on", base::to_text(beyond.value_or(*rules.use_until)))
               .with("use_until", until));
}

// F14, P18: what is asked for, against the ceiling of an account and the pool.
void screen_amount(const Form1& form, const ScreeningRules& rules, Items& items) {
  const auto over = over_ceiling(form.resources, rules.ceiling);
  for (const auto& reason : over)
    items.push_back({item(rules, "offer.ceiling", ScreeningResult::kNotMet, reason), Weight::kForm});
  if (over.empty())
    items.push_back(
        {item(rules, "offer.ceiling", ScreeningResult::kMet, Reason("eligibility.within_ceiling")),
         Weight::kForm});
  const auto not_offered = not_offered_by(form.resources, rules.pool);
  items.push_back({item(rules, "offer.pools", not_offered ? ScreeningResult::kNotMet : ScreeningResult::kMet,
                        not_offered ? *not_offered : Reason("eligibility.offered")),
                   Weight::kForm});
}

// D12: declared data that need the administrator's check before use.
void screen_data(const Form1& form, const ScreeningRules& rules, Items& items) {
  std::vector<std::string> named;
  for (const auto& kind : declared_kinds(form.data))
    if (among(rules.application.data_precheck, kind)) named.push_back(kind);
  if (rules.application.data_precheck.empty()) return;
  const auto result = named.empty() ? ScreeningResult::kMet : ScreeningResult::kNeedsPerson;
  items.push_back({item(rules, "application.data_precheck", result,
                        named.empty() ? Reason("eligibility.data_free")
                                      : Reason("eligibility.data_precheck").with("kinds", joined(named))),
                   Weight::kForm});
}

ScreeningOutcome outcome_of(const Items& items, policy::MissingEvidence missing_evidence) {
  bool person = false, returned = false;
  for (const auto& each : items) {
    person = person || each.item.result == ScreeningResult::kNeedsPerson;
    if (each.item.result != ScreeningResult::kNotMet) continue;
    const bool final =
        each.weight == Weight::kEligibility ||
        (each.weight == Weight::kEvidence && missing_evidence == policy::MissingEvidence::kIneligible);
    if (final) return ScreeningOutcome::kIneligible;
    returned = true;
  }
  if (returned) return ScreeningOutcome::kReturn;
  return person ? ScreeningOutcome::kNeedsPerson : ScreeningOutcome::kEligible;
}

}  // namespace

Screening screen(const Form1& form, const Facts& facts, const ScreeningRules& rules) {
  Items items;
  std::vector<std::string> evidence;  // that the rules which let it in ask for, and that is missing
  screen_include(form, facts, rules, items, evidence);
  screen_track(form, facts, rules, items, evidence);
  screen_exclude(form, facts, rules, items);
  screen_person_decides(form, facts, rules, items);
  screen_form(form, facts, rules, items);
  const auto faults = form_faults(form, rules.resident_numbers_refused);
  for (const auto& fault : faults)
    items.push_back({item(rules, "application.form", ScreeningResult::kNotMet, fault.reason), Weight::kForm});
  for (auto& each : screen_answers(form, facts, rules)) items.push_back({std::move(each), Weight::kForm});
  if (auto title = screen_title(form, facts, rules)) items.push_back({std::move(*title), Weight::kForm});
  if (auto model = screen_models(facts, rules)) items.push_back({std::move(*model), Weight::kForm});
  if (auto sheet = screen_summary(form, facts, rules)) items.push_back({std::move(*sheet), Weight::kForm});
  screen_period(form, rules, items);
  if (auto use = screen_first_use(form, facts, rules)) items.push_back({std::move(*use), Weight::kForm});
  screen_amount(form, rules, items);
  for (auto& each : screen_one_resource(form, facts, rules))
    items.push_back({std::move(each), Weight::kForm});
  if (auto unit = screen_unit_ids(form, facts, rules)) items.push_back({std::move(*unit), Weight::kForm});
  if (auto storage = screen_storage(form, facts, rules))
    items.push_back({std::move(*storage), Weight::kForm});
  for (auto& each : screen_documents(form, facts, rules, evidence))
    items.push_back({std::move(each), Weight::kEvidence});
  screen_data(form, rules, items);
  Screening screening;
  screening.outcome = outcome_of(items, rules.eligibility.missing_evidence);
  for (auto& each : items) screening.items.push_back(std::move(each.item));
  return screening;
}

base::Status check_form(const Form1& form, bool resident_numbers_refused) {
  auto faults = form_faults(form, resident_numbers_refused);
  if (faults.empty()) return {};
  const auto count = static_cast<std::int64_t>(faults.size());
  return base::invalid(Reason("eligibility.form_invalid").with("count", count), std::move(faults));
}

std::string_view to_text(ScreeningOutcome outcome) {
  switch (outcome) {
    case ScreeningOutcome::kEligible:
      return "eligible";
    case ScreeningOutcome::kNeedsPerson:
      return "needs_person";
    case ScreeningOutcome::kReturn:
      return "returned";
    case ScreeningOutcome::kIneligible:
      return "ineligible";
  }
  return "";
}

}  // namespace dure::programme
