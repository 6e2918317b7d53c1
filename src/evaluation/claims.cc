#include "evaluation/claims.h"

#include <algorithm>

namespace dure::evaluation {
namespace {

using base::Reason;
using policy::PlainCondition;
using policy::Predicate;

// What a person found to be so holds on whichever day the rule asks for.
constexpr base::Date kAnyDay{1900, 1, 1};

const std::vector<policy::Condition>* conditions_of(const std::string& rule, const policy::Pack& pack) {
  for (const auto& each : pack.evaluation.bonuses)
    if (each.id == rule) return &each.when;
  for (const auto& each : pack.selection.priority_classes)
    if (each.id == rule) return &each.all;
  return nullptr;
}

bool about_programme(const PlainCondition& condition) {
  return condition.is == Predicate::kProgrammeMember || condition.is == Predicate::kProgrammeContractor;
}

bool asks_for_programme(const policy::Condition& condition) {
  return about_programme(condition) ||
         std::any_of(condition.conditions.begin(), condition.conditions.end(), about_programme);
}

// The official has the papers before him, and says himself that the programme is one of those meant.
void take_as_found(const PlainCondition& condition, const Claimant& claimant, programme::Facts& facts) {
  if (condition.is == Predicate::kCertificateValid) facts.unchecked[condition.of] = claimant.evidence;
  if (!about_programme(condition)) return;
  for (const auto& each : condition.in)
    facts.programmes.push_back({each, claimant.programme, true, kAnyDay, std::nullopt});
}

}  // namespace

base::Status may_grant(const Claimant& claimant, const std::string& rule, const policy::Pack& pack) {
  const auto* conditions = conditions_of(rule, pack);
  if (conditions == nullptr) return {};
  for (const auto& condition : *conditions) {
    if (asks_for_programme(condition)) {
      if (!pack.application.priority_needs_name) continue;
      const Reason missing = Reason("evaluation.programme_missing").with("rule", rule);
      if (claimant.programme.empty()) return base::invalid(missing, {{"/programme", missing}});
    }
    auto facts = claimant.facts;
    take_as_found(condition, claimant, facts);
    for (const auto& each : condition.conditions) take_as_found(each, claimant, facts);
    auto answer = programme::evaluate(condition, claimant.form, facts);
    if (answer.answer == programme::Answer::kNo)
      return base::invalid(Reason("evaluation.condition_not_met").with("rule", rule),
                           {{"/granted", std::move(answer.reason)}});
  }
  return {};
}

}  // namespace dure::evaluation
