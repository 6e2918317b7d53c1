#include <map>

#include "compare/scene.h"
#include "programme/charges.h"

namespace dure::compare {
namespace {

// What a line of that name was, or became.
void add_lines(const model::RatedStatement& bill, bool old, std::vector<std::string>& order,
               std::map<std::string, LineChange>& lines) {
  const auto names = line_names(bill);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& line = bill.lines[i];
    const auto [place, fresh] = lines.try_emplace(names[i]);
    LineChange& told = place->second;
    if (fresh) {
      order.push_back(names[i]);
      told.model = line.model;
      told.account_id = line.account_id;
      told.corrects = line.corrects;
      told.first_day = line.first_day;
      told.last_day = line.last_day;
    }
    (old ? told.before : told.after) = line.amount;
    (old ? told.before_rules : told.after_rules) = programme::rule_text(line);
  }
}

}  // namespace

base::Result<BillChange> compare_bill(const Bill& bill, Scene& scene) {
  const auto decide = [&](const policy::Pack& pack) { return Judge::bill(bill, pack); };
  const auto before = decide(scene.before);
  if (!before) return in_history("/bills/" + bill.id, before.failure());
  const auto after = decide(scene.after);
  BillChange change;
  change.id = bill.id;
  change.payer = bill.payer.empty() ? bill.id : bill.payer;
  change.before = before->payable;
  change.due_before = before->due_on;
  std::vector<std::string> order;
  std::map<std::string, LineChange> lines;
  add_lines(*before, true, order, lines);
  Causes causes;
  if (after) {
    change.after = after->payable;
    change.due_after = after->due_on;
    add_lines(*after, false, order, lines);
    causes = causes_between(figures_of(*before), figures_of(*after), scene, decide);
    change.because = taken(causes, "");
    change.changed = change.before != change.after || change.due_before != change.due_after;
  } else {
    change.refused = reasons_of(after.failure());
    change.changed = true;
  }
  for (const auto& name : order) {
    LineChange& line = lines[name];
    line.changed = after.ok() && line.before != line.after;
    line.because = taken(causes, name);
    change.changed = change.changed || line.changed;
    change.lines.push_back(std::move(line));
  }
  return change;
}

}  // namespace dure::compare
