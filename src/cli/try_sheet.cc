// A comparison as a spreadsheet: a row for each figure of each item.
#include <algorithm>

#include "cli/try_table.h"

namespace dure::cli {
namespace {

class Rows {
 public:
  explicit Rows(Sheet& sheet) : sheet_(sheet) {}

  struct Of {
    std::string kind;
    std::string item;
    std::string whose;
    std::string who;
  };
  // The cause of that name among them, where the figure differs.
  void add(const Of& of, const std::string& figure, const Cell& before, const Cell& after,
           const std::vector<compare::Cause>& because) {
    std::string enough, needed;
    for (const auto& each : because) {
      if (each.figure != figure) continue;
      for (const auto& key : each.enough) enough += (enough.empty() ? "" : "; ") + key;
      for (const auto& key : each.needed) needed += (needed.empty() ? "" : "; ") + key;
    }
    sheet_.rows.push_back({of.kind, of.item, of.whose, of.who, figure, before, after,
                           before == after ? "" : "changed", enough, needed});
  }

 private:
  Sheet& sheet_;
};

Cell cell(const std::optional<std::int64_t>& number) {
  return number ? Cell(*number) : Cell(std::string());
}
Cell cell(const std::optional<base::Krw>& amount) {
  return amount ? Cell(amount->won) : Cell(std::string());
}
Cell cell(const std::optional<base::Date>& day) {
  return day ? base::to_text(*day) : std::string();
}

void add_round_row(const compare::RoundChange& round, Rows& rows) {
  if (!round.refused.empty())
    return rows.add({"round", round.id, "", ""}, "refused", "", round.refused[0].code, {});
  for (const auto& each : round.applications) {
    const Rows::Of of{"round", round.id, each.id, each.organisation};
    rows.add(of, "rank", cell(each.before.rank), cell(each.after.rank), each.because);
    rows.add(of, "total_centi_points", cell(each.before.total_centi_points),
             cell(each.after.total_centi_points), each.because);
    rows.add(of, "awarded", each.before.awarded, each.after.awarded, each.because);
    rows.add(of, "outcome", std::string(model::to_text(each.before.outcome)),
             std::string(model::to_text(each.after.outcome)), each.because);
  }
}

void add_bill_row(const compare::BillChange& bill, Rows& rows) {
  if (!bill.refused.empty())
    return rows.add({"bill", bill.id, "", bill.payer}, "refused", "", bill.refused[0].code, {});
  for (const auto& line : bill.lines)
    rows.add({"bill", bill.id,
              line.model + " " + line.account_id + " " + base::to_text(line.first_day) + " .. " +
                  base::to_text(line.last_day),
              bill.payer},
             "amount_krw", cell(line.before), cell(line.after), line.because);
  const Rows::Of whole{"bill", bill.id, "", bill.payer};
  rows.add(whole, "payable_krw", bill.before.won, bill.after.won, bill.because);
  rows.add(whole, "due_on", cell(bill.due_before), cell(bill.due_after), bill.because);
}

void add_screening_row(const compare::ScreeningChange& screening, Rows& rows) {
  if (!screening.refused.empty())
    return rows.add({"application", screening.id, "", ""}, "refused", "", screening.refused[0].code, {});
  rows.add({"application", screening.id, "", ""}, "outcome", screening.before, screening.after,
           screening.because);
  for (const auto& item : screening.items)
    rows.add({"application", screening.id, item.rule, ""}, "result", item.before, item.after, item.because);
}

void add_event_row(const compare::EventChange& event, Rows& rows) {
  if (!event.refused.empty()) rows.add({"event", event.id, "", ""}, "refused", "", event.refused[0].code, {});
  for (const auto& each : event.deadlines)
    rows.add({"event", event.id, each.deadline, event.event}, "due_on", cell(each.before), cell(each.after),
             each.because);
}

}  // namespace

Sheet comparison_sheet(const compare::Comparison& comparison) {
  Sheet sheet{"comparison",
              {"kind", "item", "of", "who", "figure", "before", "after", "changed", "enough", "needed"},
              {}};
  for (const auto& key : comparison.keys) {
    const std::string at = place_text(key.after_file, key.after_line);
    for (const auto& part : key.parts)
      sheet.rows.push_back({"key", key.key + part.path, at, key.after_source, "value",
                            part.before.value_or(""), part.after.value_or(""), "changed", "", ""});
    if (key.parts.empty())
      sheet.rows.push_back(
          {"key", key.key, at, key.after_source, "value", key.before, key.after, "changed", "", ""});
  }
  Rows rows(sheet);
  for (const auto& each : comparison.rounds) add_round_row(each, rows);
  for (const auto& each : comparison.bills) add_bill_row(each, rows);
  for (const auto& each : comparison.screenings) add_screening_row(each, rows);
  for (const auto& each : comparison.events) add_event_row(each, rows);
  return sheet;
}

}  // namespace dure::cli
