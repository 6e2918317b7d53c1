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

struct Facts {
  base::Date received_on;
  std::optional<base::Date> call_closes_on;
  std::optional<base::Date> award_on;
  std::vector<AttachedDocument> documents;
  std::vector<Certificate> certificates;
  bool restricted = false;  // organisation or person under a restriction at receipt (invariant 18)
  std::optional<base::Date> born_on;
  std::optional<base::Date> appointed_on;
  std::string applicant_role;
  std::optional<std::int64_t> used_bp;  // of what was allocated, in the window asked for
  std::optional<bool> open_source;
  // What only charges ask for: the day that is charged for, since when and until when the results are open,
  // and figures of the payer ("employees").
  std::optional<base::Date> use_on;
  std::optional<base::Date> open_source_from;
  std::optional<base::Date> open_source_until;
  std::map<std::string, std::int64_t> figures;
};

// The kinds of data that the declaration names, by their names in packs: "medical", …
std::vector<std::string> declared_kinds(const model::DataDeclaration& declared);

// kUnknown: the fact is not there, or only a person can say (predicate `statement`).
enum class Answer { kYes, kNo, kUnknown };

struct ConditionAnswer {
  Answer answer = Answer::kUnknown;
  base::Reason reason;  // why, codes "eligibility.…"
};

ConditionAnswer evaluate(const policy::Condition& condition, const model::Form1& form, const Facts& facts);

// All must hold: kNo wins over kUnknown. The reason is that of the condition that decided (the last, where
// all hold).
ConditionAnswer evaluate(const std::vector<policy::Condition>& all, const model::Form1& form,
                         const Facts& facts);

}  // namespace dure::programme
