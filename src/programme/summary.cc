#include "programme/summary.h"

#include <algorithm>

#include "programme/form_answers.h"
#include "programme/form_fields.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

const policy::FormField* field_of(const policy::ApplicationRules& rules, const std::string& id) {
  const auto found = std::find_if(rules.fields.begin(), rules.fields.end(),
                                  [&](const auto& field) { return field.id == id; });
  return found == rules.fields.end() ? nullptr : &*found;
}

std::string in_one(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : " / ") + part;
  return text;
}

SummaryCell cell_of(const policy::FormField& field, const std::vector<std::string>& parts,
                    std::int64_t months) {
  SummaryCell cell{field.id, in_one(parts), false};
  const bool empty = std::all_of(parts.begin(), parts.end(), [](const auto& part) { return blank(part); });
  if (!empty) {
    cell.gap = wrong_answer(field, parts, months).has_value();
    return cell;
  }
  cell.gap = field.need == policy::Need::kRequired;
  cell.value = cell.gap ? "" : "-";
  return cell;
}

}  // namespace

std::vector<SummaryCell> summary_of(const model::Form1& form,
                                    const std::map<std::string, std::vector<std::string>>& answers,
                                    const policy::ApplicationRules& rules) {
  static const std::vector<std::string> kNoAnswer;
  std::vector<SummaryCell> cells;
  cells.reserve(rules.summary.size());
  for (const auto& column : rules.summary) {
    if (const auto* field = field_of(rules, column)) {
      const auto found = answers.find(column);
      cells.push_back(cell_of(*field, found == answers.end() ? kNoAnswer : found->second, form.months));
      continue;
    }
    const bool gap = !missing_fields(form, {column}).empty();
    cells.push_back({column, gap ? "" : field_text(form, column), gap});
  }
  return cells;
}

}  // namespace dure::programme
