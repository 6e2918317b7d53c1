// The documents' part of eligibility.h (C7, D3, D9).
#include <algorithm>
#include <string>
#include <utility>

#include "programme/eligibility.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::ScreeningItem;
using model::ScreeningResult;

const policy::DocumentRule* document_rule(const policy::Documents& rules, const std::string& kind) {
  for (const auto& rule : rules.list)
    if (rule.kind == kind) return &rule;
  return nullptr;
}

base::Status check_one(const AttachedDocument& document, const policy::DocumentRule& rule,
                       const policy::Documents& rules) {
  const auto max = rule.max_bytes > 0 ? rule.max_bytes : rules.max_bytes;
  if (document.size.value > max)
    return base::error(
        base::ErrorKind::kTooLarge,
        Reason("document.too_large").with("size_bytes", document.size.value).with("max_bytes", max));
  const auto& types = rule.mime_types;
  if (!types.empty() && std::find(types.begin(), types.end(), document.media_type) == types.end())
    return base::invalid(Reason("document.type_refused")
                             .with("kind", document.kind)
                             .with("media_type", document.media_type)
                             .with("allowed", joined(rule.extensions)));
  return {};
}

// Whether the kind is asked for in this very application.
Answer document_asked_for(const policy::DocumentRule& rule, const model::Form1& form, const Facts& facts,
                          const std::vector<std::string>& evidence) {
  if (rule.need == policy::Need::kRequired || among(evidence, rule.kind)) return Answer::kYes;
  if (rule.need == policy::Need::kOptional) return Answer::kNo;
  return evaluate(rule.when, form, facts).answer;
}

ScreeningItem document_item(const policy::DocumentRule& rule, const ScreeningRules& rules,
                            ScreeningResult result, Reason reason) {
  const auto listed = rules.sources.find("documents.list");
  const auto source = !rule.source.empty() || listed == rules.sources.end() ? rule.source : listed->second;
  return {"documents.list." + rule.kind, source, result, std::move(reason)};
}

ScreeningItem screen_one(const policy::DocumentRule& rule, const model::Form1& form, const Facts& facts,
                         const ScreeningRules& rules, const std::vector<std::string>& evidence) {
  bool present = false;
  for (const auto& document : facts.documents) {
    if (document.kind != rule.kind) continue;
    present = true;
    if (const auto checked = check_one(document, rule, rules.documents); !checked.ok())
      return document_item(rule, rules, ScreeningResult::kNotMet, checked.failure().reason);
  }
  const auto named = [&](const char* code) { return Reason(code).with("kind", rule.kind); };
  if (present) return document_item(rule, rules, ScreeningResult::kMet, named("document.present"));
  switch (document_asked_for(rule, form, facts, evidence)) {
    case Answer::kYes:
      return document_item(rule, rules, ScreeningResult::kNotMet, named("document.missing"));
    case Answer::kUnknown:
      return document_item(rule, rules, ScreeningResult::kNeedsPerson, named("document.may_be_needed"));
    case Answer::kNo:
      break;
  }
  return document_item(rule, rules, ScreeningResult::kMet, named("document.not_needed"));
}

}  // namespace

std::vector<ScreeningItem> screen_documents(const model::Form1& form, const Facts& facts,
                                            const ScreeningRules& rules,
                                            const std::vector<std::string>& evidence) {
  std::vector<ScreeningItem> items;
  items.reserve(rules.documents.list.size());
  for (const auto& rule : rules.documents.list)
    items.push_back(screen_one(rule, form, facts, rules, evidence));
  return items;
}

base::Status check_document(const AttachedDocument& document, std::size_t attached_already,
                            const policy::Documents& rules) {
  const auto* rule = document_rule(rules, document.kind);
  if (rule == nullptr) return base::invalid(Reason("document.kind_unknown").with("kind", document.kind));
  if (static_cast<std::int64_t>(attached_already) >= rules.max_files)
    return base::error(base::ErrorKind::kConflict,
                       Reason("document.too_many").with("max_files", rules.max_files));
  return check_one(document, *rule, rules);
}

}  // namespace dure::programme
