#include "policy/conditions.h"

#include <algorithm>

#include "policy/names.h"
#include "policy/type.h"

namespace dure::policy {
namespace {

// The fields that a predicate takes: all of them are needed, no other may stand.
struct Shape {
  bool in = false;
  bool of = false;
  bool at_most = false;
  bool usage = false;  // window_days and below_bp
};

Shape shape_of(Predicate predicate) {
  switch (predicate) {
    case Predicate::kOrgClass:
    case Predicate::kOrgRegion:
    case Predicate::kApplicantRole:
    case Predicate::kDataContains:
    case Predicate::kProgrammeMember:
    case Predicate::kProgrammeContractor:
      return {true, false, false, false};
    case Predicate::kCertificateValid:
    case Predicate::kDocumentPresent:
    case Predicate::kStatement:
      return {false, true, false, false};
    case Predicate::kPersonAgeOn:
    case Predicate::kPersonYearsSinceAppointment:
      return {false, false, true, false};
    case Predicate::kUsageRatio:
      return {false, false, false, true};
    default:
      return {};
  }
}

base::Reason shape_reason(const PlainCondition& condition, std::string field, bool needed) {
  return base::Reason(needed ? "policy.condition_needs_field" : "policy.condition_refuses_field")
      .with("predicate", std::string(name_of(condition.is)))
      .with("field", std::move(field));
}

const std::vector<std::string>* closed_set(Predicate predicate) {
  if (predicate == Predicate::kOrgClass) return &organisation_classes();
  if (predicate == Predicate::kOrgRegion) return &regions();
  return nullptr;
}

}  // namespace

const std::vector<std::string>& organisation_classes() {
  static const std::vector<std::string> classes{"large_company", "mid_company", "small_company", "venture",
                                                "startup",       "public_body", "institute",     "university",
                                                "association",   "other"};
  return classes;
}

const std::vector<std::string>& regions() {
  static const std::vector<std::string> names{
      "seoul",   "busan",    "daegu",    "incheon", "gwangju", "daejeon",   "ulsan",     "sejong", "gyeonggi",
      "gangwon", "chungbuk", "chungnam", "jeonbuk", "jeonnam", "gyeongbuk", "gyeongnam", "jeju"};
  return names;
}

std::optional<base::Reason> wrong_condition(const PlainCondition& condition) {
  const Shape shape = shape_of(condition.is);
  if (shape.in == condition.in.empty()) return shape_reason(condition, "in", shape.in);
  if (shape.of == condition.of.empty()) return shape_reason(condition, "of", shape.of);
  if (shape.at_most != condition.at_most.has_value())
    return shape_reason(condition, "at_most", shape.at_most);
  if (shape.usage != condition.window_days.has_value())
    return shape_reason(condition, "window_days", shape.usage);
  if (shape.usage != condition.below_bp.has_value()) return shape_reason(condition, "below_bp", shape.usage);
  const std::vector<std::string>* known = closed_set(condition.is);
  if (known == nullptr) return std::nullopt;
  for (const std::string& word : condition.in) {
    if (std::find(known->begin(), known->end(), word) == known->end()) {
      return with_suggestion("policy.word_unknown", word, *known).with("value", word);
    }
  }
  return std::nullopt;
}

std::optional<base::Reason> wrong_condition(const Condition& condition) {
  if (auto wrong = wrong_condition(static_cast<const PlainCondition&>(condition))) return wrong;
  const bool joins = holds_others(condition.is);
  if (joins == condition.conditions.empty()) return shape_reason(condition, "conditions", joins);
  for (const auto& each : condition.conditions) {
    if (holds_others(each.is)) return shape_reason(each, "conditions", false);
    if (auto wrong = wrong_condition(each)) return wrong;
  }
  return std::nullopt;
}

bool holds_others(Predicate predicate) {
  return predicate == Predicate::kAny || predicate == Predicate::kAll;
}

}  // namespace dure::policy
