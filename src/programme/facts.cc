#include "programme/facts.h"

#include <algorithm>
#include <utility>

#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;
using policy::Condition;
using policy::Predicate;

// What a predicate says before negation, with the reason for either answer.
ConditionAnswer yes_or_no(bool yes, Reason because_yes, Reason because_no) {
  return yes ? ConditionAnswer{Answer::kYes, std::move(because_yes)}
             : ConditionAnswer{Answer::kNo, std::move(because_no)};
}

ConditionAnswer unknown(const char* fact) {
  return {Answer::kUnknown, Reason("eligibility.fact_unknown").with("fact", std::string(fact))};
}

ConditionAnswer one_of(const Condition& condition, const std::string& value, const char* fact,
                       const char* code_yes, const char* code_no) {
  if (value.empty()) return unknown(fact);
  return yes_or_no(among(condition.in, value), Reason(code_yes).with("value", value),
                   Reason(code_no).with("value", value).with("wanted", joined(condition.in)));
}

std::optional<base::Date> day_of(policy::ReferenceDay day, const Facts& facts) {
  switch (day) {
    case policy::ReferenceDay::kReceipt:
      return facts.received_on;
    case policy::ReferenceDay::kCallClose:
      return facts.call_closes_on;
    case policy::ReferenceDay::kAward:
      return facts.award_on;
    case policy::ReferenceDay::kUse:
      return facts.use_on;
  }
  return std::nullopt;
}

// Full years from one day to another; a 29 February counts as reached on 1 March.
std::int64_t full_years(base::Date from, base::Date to) {
  const bool not_yet = std::pair(to.month, to.day) < std::pair(from.month, from.day);
  return to.year - from.year - (not_yet ? 1 : 0);
}

ConditionAnswer years_at_most(const Condition& condition, const std::optional<base::Date>& since,
                              const Facts& facts, const char* fact, const char* code_yes,
                              const char* code_no) {
  const auto day = day_of(condition.on, facts);
  if (!since || !day || !condition.at_most) return unknown(fact);
  const auto years = full_years(*since, *day);
  const auto reason = [&](const char* code) {
    return Reason(code).with("years", years).with("at_most", *condition.at_most);
  };
  return yes_or_no(years <= *condition.at_most, reason(code_yes), reason(code_no));
}

ConditionAnswer certificate(const Condition& condition, const Facts& facts) {
  const auto day = day_of(condition.on, facts);
  if (!day) return unknown("certificate");
  const bool valid =
      std::any_of(facts.certificates.begin(), facts.certificates.end(), [&](const Certificate& each) {
        return each.kind == condition.of && each.valid_from <= *day &&
               (!each.valid_until || *day <= *each.valid_until);
      });
  return yes_or_no(valid, Reason("eligibility.certificate_valid").with("kind", condition.of),
                   Reason("eligibility.certificate_missing").with("kind", condition.of));
}

ConditionAnswer document(const Condition& condition, const Facts& facts) {
  const bool present = std::any_of(facts.documents.begin(), facts.documents.end(),
                                   [&](const AttachedDocument& each) { return each.kind == condition.of; });
  return yes_or_no(present, Reason("document.present").with("kind", condition.of),
                   Reason("document.missing").with("kind", condition.of));
}

ConditionAnswer usage(const Condition& condition, const Facts& facts) {
  if (!facts.used_bp || !condition.below_bp) return unknown("usage");
  const auto reason = [&](const char* code) {
    return Reason(code).with("used_bp", *facts.used_bp).with("below_bp", *condition.below_bp);
  };
  return yes_or_no(*facts.used_bp < *condition.below_bp, reason("eligibility.use_low"),
                   reason("eligibility.use_sufficient"));
}

ConditionAnswer data(const Condition& condition, const model::DataDeclaration& declared) {
  std::vector<std::string> named;
  for (const auto& kind : declared_kinds(declared))
    if (among(condition.in, kind)) named.push_back(kind);
  return yes_or_no(!named.empty(), Reason("eligibility.data_named").with("kinds", joined(named)),
                   Reason("eligibility.data_not_named").with("kinds", joined(condition.in)));
}

ConditionAnswer organisation(const Condition& condition, const model::Applicant& applicant) {
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

ConditionAnswer person(const Condition& condition, const Facts& facts) {
  switch (condition.is) {
    case Predicate::kPersonAgeOn:
      return years_at_most(condition, facts.born_on, facts, "age", "eligibility.age_within",
                           "eligibility.too_old");
    case Predicate::kPersonYearsSinceAppointment:
      return years_at_most(condition, facts.appointed_on, facts, "appointment",
                           "eligibility.appointment_within", "eligibility.appointed_too_long");
    case Predicate::kRestrictionNone:
      return yes_or_no(!facts.restricted, Reason("eligibility.not_restricted"),
                       Reason("eligibility.restricted"));
    default:
      return one_of(condition, facts.applicant_role, "role", "eligibility.role_included",
                    "eligibility.role_not_included");
  }
}

ConditionAnswer plain(const Condition& condition, const model::Form1& form, const Facts& facts) {
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
    case Predicate::kStatement:
      return {Answer::kUnknown, Reason("eligibility.person_must_say").with("statement", condition.of)};
  }
  return unknown("condition");
}

Answer negated(Answer answer) {
  if (answer == Answer::kUnknown) return answer;
  return answer == Answer::kYes ? Answer::kNo : Answer::kYes;
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

ConditionAnswer evaluate(const policy::Condition& condition, const model::Form1& form, const Facts& facts) {
  auto answer = plain(condition, form, facts);
  if (condition.negated) answer.answer = negated(answer.answer);
  return answer;
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
