#include "programme/screening_answers.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "programme/evidence.h"

namespace dure::programme {
namespace {

using model::ScreeningItem;
using model::ScreeningResult;

// The rules of which one is enough: what their names begin with; "" where the item is none of them.
std::string alternatives_of(const ScreeningItem& item) {
  for (const std::string_view key : {"eligibility.include.", "call.tracks."})
    if (item.rule.starts_with(key)) return item.rule.substr(0, item.rule.rfind('.') + 1);
  return "";
}

bool rule_asks(const policy::Rule& rule, policy::Predicate predicate) {
  const auto is = [&](const policy::PlainCondition& condition) { return condition.is == predicate; };
  return std::any_of(rule.all.begin(), rule.all.end(), [&](const auto& condition) {
    return is(condition) || std::any_of(condition.conditions.begin(), condition.conditions.end(), is);
  });
}

// A date of which the rule asks is not there.
bool lacks_date(const policy::Rule& rule, const Facts& facts) {
  return (!facts.born_on && rule_asks(rule, policy::Predicate::kPersonAgeOn)) ||
         (!facts.appointed_on && rule_asks(rule, policy::Predicate::kPersonYearsSinceAppointment));
}

}  // namespace

bool asks_for_dates(const ScreeningItem& item, const ScreeningRules& rules) {
  const auto* rule = rule_of(item, rules);
  return rule != nullptr && (rule_asks(*rule, policy::Predicate::kPersonAgeOn) ||
                             rule_asks(*rule, policy::Predicate::kPersonYearsSinceAppointment));
}

std::optional<WrongAnswer> wrong_by_dates(const ScreeningItem& item, bool met, const model::Form1& form,
                                          const Facts& facts, const ScreeningRules& rules) {
  if (!asks_for_dates(item, rules) || item.rule.starts_with("eligibility.person_decides."))
    return std::nullopt;
  const auto& rule = *rule_of(item, rules);
  auto answer = evaluate(rule, form, facts, rules.documents.list);
  if (answer.answer == Answer::kUnknown) {
    if (!met || !lacks_date(rule, facts)) return std::nullopt;
    return WrongAnswer{base::Reason("evaluation.date_needed").with("rule", item.rule),
                       std::move(answer.reason)};
  }
  // A rule that excludes is met where it does not hold.
  const bool holds = answer.answer == Answer::kYes;
  if (met == (item.rule.starts_with("eligibility.exclude.") ? !holds : holds)) return std::nullopt;
  return WrongAnswer{base::Reason("evaluation.date_says_otherwise").with("rule", item.rule),
                     std::move(answer.reason)};
}

bool settle_answers(std::vector<ScreeningItem>& items) {
  std::map<std::string, std::set<ScreeningResult>> found;  // of each set of alternatives
  bool holds = true;
  for (const auto& each : items) {
    const auto key = alternatives_of(each);
    if (!key.empty()) found[key].insert(each.result);
    if (key.empty() && each.result == ScreeningResult::kNotMet) holds = false;
  }
  for (const auto& [key, results] : found)
    if (results == std::set{ScreeningResult::kNotMet}) holds = false;
  std::erase_if(items, [&](const auto& each) {
    const auto key = alternatives_of(each);
    return !key.empty() && each.result != ScreeningResult::kMet && found[key].contains(ScreeningResult::kMet);
  });
  return holds;
}

}  // namespace dure::programme
