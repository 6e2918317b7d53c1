// Words that the sections of a policy pack share: a text in two languages, and conditions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dure::policy {

// Korean is always there; English may be "".
struct Text {
  std::string ko;
  std::string en;
  bool operator==(const Text&) const = default;
};

enum class Language { kKorean, kEnglish };  // ko, en

// The closed set of things that a pack may ask about an application; there is no code in a pack.
//
//   org.class                     class of the applicant's organisation is one of `in`
//   org.region                    its region is one of `in` ("ulsan", "gyeongnam", …)
//   affiliation.participating     it belongs to a university that takes part in the programme
//   affiliation.present           the applicant belongs to any organisation
//   applicant.role                role of the applicant is one of `in` ("pi", "developer", …)
//   person.age_on                 age in full years on the day `on` is at most `at_most`
//   person.years_since_appointment
//                                 the day `on` lies within `at_most` years of the appointment, the
//                                 anniversary included (calendar/years.h)
//   certificate.valid             a certificate of kind `of` is valid on the day `on`
//   document.present              a document of kind `of` is attached
//   restriction.none              neither organisation nor person is under a restriction on the day `on`
//   usage.ratio                   use over the last `window_days` is below `below_bp` of what was allocated
//   project.open_source           the results are published under an open licence
//   data.contains                 the data declaration names one of `in`
//   programme.member              the applicant takes part in one of the programmes `in` on the day `on`, and
//                                 the plan names it (D15)
//   programme.contractor          likewise, and carries out work for it under a contract
//   any, all                      at least one, or each, of the plain conditions of `conditions`
//   statement                     a person decides, with the ground `of` written down
enum class Predicate {
  kOrgClass,
  kOrgRegion,
  kAffiliationParticipating,
  kAffiliationPresent,
  kApplicantRole,
  kPersonAgeOn,
  kPersonYearsSinceAppointment,
  kCertificateValid,
  kDocumentPresent,
  kRestrictionNone,
  kUsageRatio,
  kProjectOpenSource,
  kDataContains,
  kProgrammeMember,
  kProgrammeContractor,
  kAny,
  kAll,
  kStatement,
};

// The day on which a condition is read.
// use: the day that is charged for; known only where money is.
// receipt, call_open, call_close, award, use
enum class ReferenceDay { kReceipt, kCallOpen, kCallClose, kAward, kUse };

// A condition that holds no others.
struct PlainCondition {
  Predicate is = Predicate::kStatement;
  bool negated = false;  // YAML key `not`
  std::vector<std::string> in;
  std::string of;
  std::optional<std::int64_t> at_most;
  std::optional<std::int64_t> window_days;
  std::optional<std::int64_t> below_bp;
  ReferenceDay on = ReferenceDay::kReceipt;
  bool operator==(const PlainCondition&) const = default;
};

struct Condition : PlainCondition {
  std::vector<PlainCondition> conditions;  // of any and all; they hold none themselves
  bool operator==(const Condition&) const = default;
};

// A named rule: holds when all its conditions hold. `evidence` names kinds of documents that show it.
struct Rule {
  std::string id;
  Text title;
  std::vector<Condition> all;
  std::vector<std::string> evidence;
  std::string source;  // seed and article of this very rule; "" = that of the key
  bool operator==(const Rule&) const = default;
};

}  // namespace dure::policy
