#include "programme/facts.h"

#include <algorithm>
#include <utility>

#include "calendar/period.h"
#include "calendar/years.h"
#include "policy/conditions.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;
using policy::PlainCondition;
using policy::Predicate;

// What a predicate says before negation, with the reason for either answer.
ConditionAnswer yes_or_no(bool yes, Reason because_yes, Reason because_no) {
  return yes ? ConditionAnswer{Answer::kYes, std::move(because_yes)}
             : ConditionAnswer{Answer::kNo, std::move(because_no)};
}

ConditionAnswer unknown(std::string_view fact) {
  return {Answer::kUnknown, Reason("eligibility.fact_unknown").with("fact", std::string(fact))};
}

ConditionAnswer one_of(const PlainCondition& condition, const std::string& value, const char* fact,
                       const char* code_yes, const char* code_no) {
  if (value.empty()) return unknown(fact);
  return yes_or_no(among(condition.in, value), Reason(code_yes).with("value", value),
                   Reason(code_no).with("value", value).with("wanted", joined(condition.in)));
}

// The fact that a day of reference is read from.
std::string_view day_name(policy::ReferenceDay day) {
  switch (day) {
    case policy::ReferenceDay::kReceipt:
      return "received_on";
    case policy::ReferenceDay::kCallOpen:
      return "call_opens_on";
    case policy::ReferenceDay::kCallClose:
      return "call_closes_on";
    case policy::ReferenceDay::kAward:
      return "award_on";
    case policy::ReferenceDay::kUse:
      return "use_on";
  }
  return "";
}

std::optional<base::Date> day_of(policy::ReferenceDay day, const Facts& facts) {
  switch (day) {
    case policy::ReferenceDay::kReceipt:
      return facts.received_on;
    case policy::ReferenceDay::kCallOpen:
      return facts.call_opens_on;
    case policy::ReferenceDay::kCallClose:
      return facts.call_closes_on;
    case policy::ReferenceDay::kAward:
      return facts.award_on;
    case policy::ReferenceDay::kUse:
      return facts.use_on;
  }
  return std::nullopt;
}

ConditionAnswer age(const PlainCondition& condition, const Facts& facts) {
  const auto day = day_of(condition.on, facts);
  if (!day) return unknown(day_name(condition.on));
  if (!facts.born_on || *facts.born_on > *day) return unknown("born_on");
  const auto years = calendar::full_years(*facts.born_on, *day);
  const auto reason = [&](const char* code) {
    return Reason(code)
        .with("years", years)
        .with("at_most", *condition.at_most)
        .with("on", base::to_text(*day));
  };
  return yes_or_no(years <= *condition.at_most, reason("eligibility.age_within"),
                   reason("eligibility.too_old"));
}

ConditionAnswer appointment(const PlainCondition& condition, const Facts& facts) {
  const auto day = day_of(condition.on, facts);
  // A day that cannot be counted from is a slip of the pen, whoever let it in.
  if (!facts.appointed_on || !calendar::check_plannable(*facts.appointed_on)) return unknown("appointed_on");
  if (!day) return unknown(day_name(condition.on));
  if (*facts.appointed_on > *day)
    return {Answer::kNo, Reason("eligibility.not_appointed_yet")
                             .with("appointed_on", base::to_text(*facts.appointed_on))
                             .with("on", base::to_text(*day))};
  const auto reason = [&](const char* code) {
    return Reason(code)
        .with("appointed_on", base::to_text(*facts.appointed_on))
        .with("at_most", *condition.at_most)
        .with("last", base::to_text(calendar::last_day_within(*facts.appointed_on, *condition.at_most)))
        .with("on", base::to_text(*day));
  };
  return yes_or_no(calendar::within_years(*facts.appointed_on, *condition.at_most, *day),
                   reason("eligibility.appointment_within"), reason("eligibility.appointed_too_long"));
}

bool covers(base::Date from, const std::optional<base::Date>& until, base::Date day) {
  return from <= day && (!until || day <= *until);
}

ConditionAnswer certificate(const PlainCondition& condition, const Facts& facts) {
  const auto day = day_of(condition.on, facts);
  if (!day) return unknown(day_name(condition.on));
  const bool valid =
      std::any_of(facts.certificates.begin(), facts.certificates.end(), [&](const Certificate& each) {
        return each.kind == condition.of && covers(each.valid_from, each.valid_until, *day);
      });
  if (!valid)
    if (const auto papers = facts.unchecked.find(condition.of); papers != facts.unchecked.end())
      return {Answer::kUnknown, Reason("eligibility.certificate_unchecked")
                                    .with("kind", condition.of)
                                    .with("documents", joined(papers->second))};
  return yes_or_no(valid, Reason("eligibility.certificate_valid").with("kind", condition.of),
                   Reason("eligibility.certificate_missing").with("kind", condition.of));
}

ConditionAnswer document(const PlainCondition& condition, const Facts& facts) {
  const bool present = std::any_of(facts.documents.begin(), facts.documents.end(),
                                   [&](const AttachedDocument& each) { return each.kind == condition.of; });
  return yes_or_no(present, Reason("document.present").with("kind", condition.of),
                   Reason("document.missing").with("kind", condition.of));
}

// Invariant 18: read on the day that the condition names, the day of receipt where it names none.
ConditionAnswer restriction(const PlainCondition& condition, const Facts& facts) {
  const auto day = day_of(condition.on, facts);
  if (!day) return unknown(day_name(condition.on));
  const bool held = std::any_of(facts.restrictions.begin(), facts.restrictions.end(),
                                [&](const Restriction& each) { return covers(each.from, each.until, *day); });
  if (!held && !facts.restricted && facts.restrictions.empty()) return unknown("restricted");
  return yes_or_no(!held && !facts.restricted.value_or(false), Reason("eligibility.not_restricted"),
                   Reason("eligibility.restricted"));
}

ConditionAnswer usage(const PlainCondition& condition, const Facts& facts) {
  const auto measured = std::find_if(facts.used.begin(), facts.used.end(), [&](const UsedShare& each) {
    return each.window_days == *condition.window_days;
  });
  if (measured == facts.used.end()) return unknown("used_share");
  const auto reason = [&](const char* code) {
    return Reason(code).with("used_bp", measured->used_bp).with("below_bp", *condition.below_bp);
  };
  return yes_or_no(measured->used_bp < *condition.below_bp, reason("eligibility.use_low"),
                   reason("eligibility.use_sufficient"));
}

bool plan_names(const model::UsePlan& plan, const std::string& name) {
  if (name.empty()) return false;
  for (const auto* text : {&plan.title, &plan.content, &plan.other_material})
    if (text->find(name) != std::string::npos) return true;
  return false;
}

// Whether the form's own fields say it, where the pack has any.
bool form_names(const Facts& facts, const std::string& name) {
  for (const auto& [field, parts] : facts.answers)
    for (const auto& part : parts)
      if (part.find(name) != std::string::npos) return true;
  return facts.answers.empty();
}

// D15: what a person found to be so, and the plan says it.
ConditionAnswer programme(const PlainCondition& condition, const model::Form1& form, const Facts& facts) {
  const auto day = day_of(condition.on, facts);
  if (!day) return unknown(day_name(condition.on));
  std::string unnamed;
  for (const auto& role : facts.programmes) {
    if (!among(condition.in, role.programme) || !covers(role.from, role.until, *day)) continue;
    if (condition.is == Predicate::kProgrammeContractor && !role.contractor) continue;
    if (plan_names(form.plan, role.name) && form_names(facts, role.name))
      return {Answer::kYes, Reason("eligibility.programme_named").with("programme", role.name)};
    unnamed = role.name;
  }
  if (!unnamed.empty())
    return {Answer::kNo, Reason("eligibility.programme_not_named").with("programme", unnamed)};
  return {Answer::kNo, Reason("eligibility.programme_none").with("programmes", joined(condition.in))};
}

// C5: the ground is part of the answer; one without it is none.
ConditionAnswer statement(const PlainCondition& condition, const Facts& facts) {
  for (const auto& each : facts.statements) {
    if (each.of != condition.of || each.ground.empty()) continue;
    const auto reason = [&](const char* code) {
      return Reason(code).with("statement", each.of).with("ground", each.ground);
    };
    return yes_or_no(each.holds, reason("eligibility.person_said_yes"), reason("eligibility.person_said_no"));
  }
  return {Answer::kUnknown, Reason("eligibility.person_must_say").with("statement", condition.of)};
}

ConditionAnswer data(const PlainCondition& condition, const model::DataDeclaration& declared) {
  std::vector<std::string> named;
  for (const auto& kind : declared_kinds(declared))
    if (among(condition.in, kind)) named.push_back(kind);
  return yes_or_no(!named.empty(), Reason("eligibility.data_named").with("kinds", joined(named)),
                   Reason("eligibility.data_not_named").with("kinds", joined(condition.in)));
}

ConditionAnswer organisation(const PlainCondition& condition, const model::Applicant& applicant) {
  switch (condition.is) {
    case Predicate::kOrgClass:
      return one_of(condition, std::string(model::to_text(applicant.organisation_class)), "class",
                    "eligibility.class_included", "eligibility.class_not_included");
    case Predicate::kOrgRegion:
      return one_of(condition, applicant.region, "region", "eligibility.region_included",
                    "eligibility.region_not_included");
    case Predicate::kAffiliationParticipating:
      return yes_or_no(applicant.participating_university, Reason("eligibility.participating"),
                       Reason("eligibility.not_participating"));
    default:
      return yes_or_no(!applicant.organisation.empty(), Reason("eligibility.affiliated"),
                       Reason("eligibility.not_affiliated"));
  }
}

ConditionAnswer person(const PlainCondition& condition, const Facts& facts) {
  switch (condition.is) {
    case Predicate::kPersonAgeOn:
      return age(condition, facts);
    case Predicate::kPersonYearsSinceAppointment:
      return appointment(condition, facts);
    case Predicate::kRestrictionNone:
      return restriction(condition, facts);
    default:
      return one_of(condition, facts.applicant_role, "applicant_role", "eligibility.role_included",
                    "eligibility.role_not_included");
  }
}

ConditionAnswer plain(const PlainCondition& condition, const model::Form1& form, const Facts& facts) {
  switch (condition.is) {
    case Predicate::kOrgClass:
    case Predicate::kOrgRegion:
    case Predicate::kAffiliationParticipating:
    case Predicate::kAffiliationPresent:
      return organisation(condition, form.applicant);
    case Predicate::kApplicantRole:
    case Predicate::kPersonAgeOn:
    case Predicate::kPersonYearsSinceAppointment:
    case Predicate::kRestrictionNone:
      return person(condition, facts);
    case Predicate::kCertificateValid:
      return certificate(condition, facts);
    case Predicate::kDocumentPresent:
      return document(condition, facts);
    case Predicate::kUsageRatio:
      return usage(condition, facts);
    case Predicate::kProjectOpenSource:
      if (!facts.open_source) return unknown("open_source");
      return yes_or_no(*facts.open_source, Reason("eligibility.open_source"),
                       Reason("eligibility.not_open_source"));
    case Predicate::kDataContains:
      return data(condition, form.data);
    case Predicate::kProgrammeMember:
    case Predicate::kProgrammeContractor:
      return programme(condition, form, facts);
    case Predicate::kAny:
    case Predicate::kAll:
      break;  // evaluate() joins what they hold
    case Predicate::kStatement:
      return statement(condition, facts);
  }
  return unknown("condition");
}

Answer negated(Answer answer) {
  if (answer == Answer::kUnknown) return answer;
  return answer == Answer::kYes ? Answer::kNo : Answer::kYes;
}

// The first that decides: a yes of any, a no of all. Else the first that is not known, else the last.
ConditionAnswer join(const policy::Condition& condition, const model::Form1& form, const Facts& facts) {
  const Answer decides = condition.is == Predicate::kAny ? Answer::kYes : Answer::kNo;
  std::optional<ConditionAnswer> open;
  ConditionAnswer last{negated(decides), Reason("eligibility.no_condition")};
  for (const auto& each : condition.conditions) {
    auto answer = evaluate_plain(each, form, facts);
    if (answer.answer == decides) return answer;
    if (answer.answer == Answer::kUnknown && !open) open = answer;
    last = std::move(answer);
  }
  return open ? *open : last;
}

bool recorded(const std::string& kind, const Facts& facts) {
  return std::any_of(facts.certificates.begin(), facts.certificates.end(),
                     [&](const Certificate& each) { return each.kind == kind; });
}

// The rule's papers of evidence that show the certificate: those of which the pack says so; where it says so
// of none, any of them.
std::vector<std::string> papers_of(const std::string& certificate, const policy::Rule& rule,
                                   const std::vector<policy::DocumentRule>& documents) {
  std::vector<std::string> shown_by;
  for (const auto& document : documents)
    if (document.shows == certificate) shown_by.push_back(document.kind);
  return shown_by.empty() ? rule.evidence : shown_by;
}

// Certificates of the rule that nobody has recorded, with the papers that are attached for them.
std::map<std::string, std::vector<std::string>> unchecked_by(
    const policy::Rule& rule, const Facts& facts, const std::vector<policy::DocumentRule>& documents) {
  std::map<std::string, std::vector<std::string>> unchecked;
  const auto look = [&](const PlainCondition& condition) {
    if (condition.is != Predicate::kCertificateValid || recorded(condition.of, facts)) return;
    const auto papers = papers_of(condition.of, rule, documents);
    std::vector<std::string> attached;
    for (const auto& document : facts.documents)
      if (among(papers, document.kind) && !among(attached, document.kind)) attached.push_back(document.kind);
    if (!attached.empty()) unchecked[condition.of] = attached;
  };
  for (const auto& condition : rule.all) {
    look(condition);
    for (const auto& each : condition.conditions) look(each);
  }
  return unchecked;
}

}  // namespace

std::vector<std::string> declared_kinds(const model::DataDeclaration& declared) {
  std::vector<std::string> kinds;
  if (declared.faces_or_personal) kinds.emplace_back("faces_or_personal");
  if (declared.medical) kinds.emplace_back("medical");
  if (declared.other_personal) kinds.emplace_back("other_personal");
  if (declared.copyrighted) kinds.emplace_back("copyrighted");
  return kinds;
}

ConditionAnswer evaluate_plain(const PlainCondition& condition, const model::Form1& form,
                               const Facts& facts) {
  auto answer = plain(condition, form, facts);
  if (condition.negated) answer.answer = negated(answer.answer);
  return answer;
}

ConditionAnswer evaluate(const policy::Condition& condition, const model::Form1& form, const Facts& facts) {
  if (!policy::holds_others(condition.is)) return evaluate_plain(condition, form, facts);
  auto answer = join(condition, form, facts);
  if (condition.negated) answer.answer = negated(answer.answer);
  return answer;
}

ConditionAnswer evaluate(const policy::Rule& rule, const model::Form1& form, const Facts& facts,
                         const std::vector<policy::DocumentRule>& documents) {
  auto unchecked = unchecked_by(rule, facts, documents);
  if (unchecked.empty()) return evaluate(rule.all, form, facts);
  Facts open = facts;
  open.unchecked = std::move(unchecked);
  return evaluate(rule.all, form, open);
}

std::vector<std::string> missing_evidence(const policy::Rule& rule, const Facts& facts,
                                          const std::vector<policy::DocumentRule>& documents) {
  std::vector<std::string> there;
  there.reserve(facts.documents.size() + facts.certificates.size());
  for (const auto& document : facts.documents) there.push_back(document.kind);
  for (const auto& each : facts.certificates) {
    if (!covers(each.valid_from, each.valid_until, facts.received_on)) continue;
    const auto asks = [&](const PlainCondition& condition) {
      return condition.is == Predicate::kCertificateValid && condition.of == each.kind;
    };
    const bool asked = std::any_of(rule.all.begin(), rule.all.end(), [&](const policy::Condition& condition) {
      return asks(condition) || std::any_of(condition.conditions.begin(), condition.conditions.end(), asks);
    });
    for (const auto& document : documents)
      if (document.shows == each.kind) there.push_back(document.kind);
    if (!asked) continue;
    const auto papers = papers_of(each.kind, rule, documents);
    there.insert(there.end(), papers.begin(), papers.end());
  }
  std::vector<std::string> missing;
  for (const auto& kind : rule.evidence)
    if (!among(there, kind)) missing.push_back(kind);
  return missing;
}

ConditionAnswer evaluate(const std::vector<policy::Condition>& all, const model::Form1& form,
                         const Facts& facts) {
  std::optional<ConditionAnswer> open, last;
  for (const auto& condition : all) {
    auto answer = evaluate(condition, form, facts);
    if (answer.answer == Answer::kNo) return answer;
    if (answer.answer == Answer::kUnknown && !open) open = answer;
    last = std::move(answer);
  }
  if (open) return *open;
  return last ? *last : ConditionAnswer{Answer::kYes, Reason("eligibility.no_condition")};
}

}  // namespace dure::programme
