#include "programme/evidence.h"

#include <algorithm>
#include <utility>

#include "policy/conditions.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using policy::PlainCondition;
using policy::Predicate;

void add_once(std::vector<Evidence>& all, Evidence evidence) {
  if (std::find(all.begin(), all.end(), evidence) == all.end()) all.push_back(std::move(evidence));
}

bool attached(const std::string& kind, const Facts& facts) {
  return std::any_of(facts.documents.begin(), facts.documents.end(),
                     [&](const AttachedDocument& each) { return each.kind == kind; });
}

// The text of a parameter, or "".
std::string text_parameter(const base::Reason& reason, const char* name) {
  const auto* value = reason.find(name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? "" : *text;
}

// What the condition reads where that is something to hand in.
void add_asked(const PlainCondition& condition, const Facts& facts, std::vector<Evidence>& all) {
  if (condition.is == Predicate::kCertificateValid)
    add_once(all, {EvidenceKind::kCertificate, condition.of, false});
  if (condition.is == Predicate::kDocumentPresent)
    add_once(all, {EvidenceKind::kDocument, condition.of, attached(condition.of, facts)});
  if (condition.is == Predicate::kStatement) add_once(all, {EvidenceKind::kStatement, condition.of, false});
  if (condition.is == Predicate::kProgrammeMember || condition.is == Predicate::kProgrammeContractor)
    add_once(all, {EvidenceKind::kFact, "programmes", false});
}

// The fact that a reason does not know, by its name in the form or in a file of facts.
Evidence fact_named(const std::string& fact) {
  if (fact == "region") return {EvidenceKind::kField, "applicant.region", false};
  if (fact == "class") return {EvidenceKind::kField, "applicant.organisation_class", false};
  return {EvidenceKind::kFact, fact == "used_share" ? "used" : fact, false};
}

// A plain condition that does not speak for the applicant: what would let it.
void add_condition(const PlainCondition& condition, bool wanted, const model::Form1& form, const Facts& facts,
                   std::vector<Evidence>& all) {
  const auto answer = evaluate_plain(condition, form, facts);
  if (answer.answer == (wanted ? Answer::kYes : Answer::kNo)) return;
  const auto fact = text_parameter(answer.reason, "fact");
  if (answer.answer == Answer::kUnknown && !fact.empty()) add_once(all, fact_named(fact));
  add_asked(condition, facts, all);
}

void add_rule(const policy::Rule& rule, bool wanted, const model::Form1& form, const Facts& facts,
              std::vector<Evidence>& all) {
  for (const auto& kind : rule.evidence)
    add_once(all, {EvidenceKind::kDocument, kind, attached(kind, facts)});
  for (const auto& condition : rule.all) {
    if (!policy::holds_others(condition.is)) {
      add_condition(condition, wanted, form, facts, all);
      continue;
    }
    for (const auto& each : condition.conditions)
      add_condition(each, wanted != condition.negated, form, facts, all);
  }
}

// "a, b, c" as it stands in a reason.
void add_fields(const std::string& list, std::vector<Evidence>& all) {
  for (std::size_t at = 0; at < list.size();) {
    auto end = list.find(", ", at);
    if (end == std::string::npos) end = list.size();
    add_once(all, {EvidenceKind::kField, list.substr(at, end - at), false});
    at = end + 2;
  }
}

const policy::Rule* find_rule(const std::vector<policy::Rule>& rules, const std::string& prefix,
                              const std::string& name) {
  for (const auto& rule : rules)
    if (name == prefix + rule.id) return &rule;
  return nullptr;
}

}  // namespace

const policy::Rule* rule_of(const model::ScreeningItem& item, const ScreeningRules& rules) {
  const auto& all = rules.eligibility;
  if (const auto* rule = find_rule(all.include, "eligibility.include.", item.rule)) return rule;
  if (rules.track)
    if (const auto* rule = find_rule(rules.track->include, "call.tracks." + rules.track->id + ".", item.rule))
      return rule;
  if (const auto* rule = find_rule(all.exclude, "eligibility.exclude.", item.rule)) return rule;
  return find_rule(all.person_decides, "eligibility.person_decides.", item.rule);
}

std::vector<Evidence> evidence_for(const model::ScreeningItem& item, const model::Form1& form,
                                   const Facts& facts, const ScreeningRules& rules) {
  std::vector<Evidence> all;
  if (item.result == model::ScreeningResult::kMet) return all;
  if (const auto* rule = rule_of(item, rules)) {
    add_rule(*rule, item.rule.starts_with("eligibility.include.") || item.rule.starts_with("call.tracks."),
             form, facts, all);
    return all;
  }
  if (item.rule == "application.data_precheck")
    add_once(all, {EvidenceKind::kStatement, "data_precheck", false});
  add_fields(text_parameter(item.reason, "fields"), all);
  if (item.rule.starts_with("application.fields.")) add_fields(text_parameter(item.reason, "field"), all);
  if (item.rule.starts_with("documents.list."))
    add_once(all, {EvidenceKind::kDocument, text_parameter(item.reason, "kind"),
                   attached(text_parameter(item.reason, "kind"), facts)});
  return all;
}

std::string_view to_text(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::kDocument:
      return "document";
    case EvidenceKind::kCertificate:
      return "certificate";
    case EvidenceKind::kFact:
      return "fact";
    case EvidenceKind::kField:
      return "field";
    case EvidenceKind::kStatement:
      return "statement";
  }
  return "";
}

}  // namespace dure::programme
