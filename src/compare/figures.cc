#include "compare/figures.h"

#include "base/time.h"
#include "programme/charges.h"

namespace dure::compare {

Figures figures_of(const model::SelectionResult& round) {
  Figures figures;
  for (const auto& each : round.ranking) {
    if (each.rank) figures[{each.id, "rank"}] = std::to_string(*each.rank);
    if (each.total_centi_points)
      figures[{each.id, "total_centi_points"}] = std::to_string(*each.total_centi_points);
    figures[{each.id, "awarded"}] = std::to_string(each.awarded.count);
    figures[{each.id, "outcome"}] = model::to_text(each.outcome);
  }
  return figures;
}

std::vector<std::string> line_names(const model::RatedStatement& bill) {
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const auto& line : bill.lines) {
    std::string name = line.corrects + "|" + line.model + "|" + line.account_id + "|" +
                       base::to_text(line.first_day) + "|" + base::to_text(line.last_day);
    const int before = seen[name]++;
    if (before > 0) name += "|" + std::to_string(before);
    names.push_back(std::move(name));
  }
  return names;
}

Figures figures_of(const model::RatedStatement& bill) {
  Figures figures;
  const auto names = line_names(bill);
  for (std::size_t i = 0; i < bill.lines.size(); ++i)
    figures[{names[i], "amount_krw"}] = std::to_string(bill.lines[i].amount.won);
  figures[{"", "payable_krw"}] = std::to_string(bill.payable.won);
  if (bill.due_on) figures[{"", "due_on"}] = base::to_text(*bill.due_on);
  return figures;
}

Figures figures_of(const programme::Screening& screening) {
  Figures figures;
  figures[{"", "outcome"}] = programme::to_text(screening.outcome);
  for (const auto& item : screening.items) figures[{item.rule, "result"}] = model::to_text(item.result);
  return figures;
}

Figures figures_of(const std::vector<programme::Deadline>& deadlines) {
  Figures figures;
  for (const auto& each : deadlines) figures[{each.id, "due_on"}] = base::to_text(each.day);
  return figures;
}

}  // namespace dure::compare
