// What is known about an application beside its form, and how the closed predicates of a pack are read on it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/application.h"
#include "policy/application_rules.h"
#include "policy/text.h"

namespace dure::programme {

// A document as it lies there: kind of the pack's list, type found by content.
struct AttachedDocument {
  std::string kind;
  std::string media_type;
  base::Bytes size;
};

// A certificate that a person of the centre looked at.
struct Certificate {
  std::string kind;
  base::Date valid_from;
  std::optional<base::Date> valid_until;
};

// A ban on taking part, both days included; without an end until it is lifted (J2, C5).
struct Restriction {
  std::string against;  // "organisation", "person"
  std::string ground;
  base::Date from;
  std::optional<base::Date> until;
};

// Use over the last days before receipt, in parts of what was allocated.
struct UsedShare {
  std::int64_t window_days = 0;
  std::int64_t used_bp = 0;
};

// A programme that the applicant takes part in, or works for under a contract, as a person of the centre
// found it. `name` is what form and plan must say for a claim to count (D15).
struct ProgrammeRole {
  std::string programme;  // as packs write it: "cluster-rnd"
  std::string name;
  bool contractor = false;
  base::Date from;
  std::optional<base::Date> until;
};

// Another application of the same organisation that is not withdrawn (C6).
struct OtherApplication {
  std::string title;
  std::string ai_model;
};

// What a person answered to a statement of the pack (predicate `statement`), with the ground (C5).
struct StatementAnswer {
  std::string of;
  bool holds = false;
  std::string ground;
};

// What a project has by an allocation that is not over (B6).
struct HeldResource {
  std::string pool;   // id in the pack; "" = of none that it names
  std::string model;  // "" = none is named
  bool operator==(const HeldResource&) const = default;
};

struct Facts {
  base::Date received_on;
  std::optional<base::Date> call_opens_on;
  std::optional<base::Date> call_closes_on;
  std::optional<base::Date> award_on;
  std::vector<AttachedDocument> documents;
  std::vector<Certificate> certificates;
  std::optional<bool> restricted;  // none: nobody has looked; of no day in particular
  std::vector<Restriction> restrictions;
  std::optional<base::Date> born_on;
  std::optional<base::Date> appointed_on;
  std::string applicant_role;
  std::vector<UsedShare> used;
  std::optional<bool> open_source;
  // What only charges ask for: the day that is charged for, since when and until when the results are open,
  // and figures of the payer ("employees").
  std::optional<base::Date> use_on;
  std::optional<base::Date> open_source_from;
  std::optional<base::Date> open_source_until;
  std::map<std::string, std::int64_t> figures;
  std::vector<ProgrammeRole> programmes;
  std::vector<OtherApplication> other_applications;
  std::vector<StatementAnswer> statements;
  // Of the project that a change or a renewal is for, but for what the change replaces (B6).
  std::vector<HeldResource> held;
  // IDs that the applicant's unit has beside his own (F1); none: nobody counted.
  std::optional<std::int64_t> unit_ids;
  // What the fields say that the pack adds to Form 1 (application.fields), by their ids; a text for each part
  // of an answer (policy/application_rules.h). The form's own answers (Form1::answers), where it has any.
  std::map<std::string, std::vector<std::string>> answers;
  // Certificates that nobody has recorded while a paper that shows them is attached, with these papers: made
  // by evaluate() for a rule, neither kept nor read from outside.
  std::map<std::string, std::vector<std::string>> unchecked;
};

// The kinds of data that the declaration names, by their names in packs: "medical", …
std::vector<std::string> declared_kinds(const model::DataDeclaration& declared);

// kUnknown: the fact is not there, or a person has yet to say (predicate `statement`).
enum class Answer { kYes, kNo, kUnknown };

struct ConditionAnswer {
  Answer answer = Answer::kUnknown;
  base::Reason reason;  // why, codes "eligibility.…"
};

ConditionAnswer evaluate(const policy::Condition& condition, const model::Form1& form, const Facts& facts);

// What a plain condition says, without those that it would hold.
ConditionAnswer evaluate_plain(const policy::PlainCondition& condition, const model::Form1& form,
                               const Facts& facts);

// A rule: all its conditions. A certificate that nobody has recorded, while a paper that shows it is
// attached, is neither valid nor missing: where the answer depends on it, a person has to look at the paper
// (C7). `documents`: the pack's list, which says what paper shows what (`shows`); where it says so of none,
// each of the rule's papers of evidence counts.
ConditionAnswer evaluate(const policy::Rule& rule, const model::Form1& form, const Facts& facts,
                         const std::vector<policy::DocumentRule>& documents = {});

// The rule's papers of evidence that are not there: neither attached, nor does a certificate that the centre
// recorded, and that holds on the day of receipt, stand for them (those that show it; where the rule asks for
// a certificate that no paper of the list shows, each of the rule's).
std::vector<std::string> missing_evidence(const policy::Rule& rule, const Facts& facts,
                                          const std::vector<policy::DocumentRule>& documents);

// All must hold: kNo wins over kUnknown. The reason is that of the condition that decided (the last, where
// all hold).
ConditionAnswer evaluate(const std::vector<policy::Condition>& all, const model::Form1& form,
                         const Facts& facts);

}  // namespace dure::programme
