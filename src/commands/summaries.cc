#include "commands/summaries.h"

#include <algorithm>

#include "commands/applications.h"
#include "commands/reads.h"
#include "programme/summary.h"
#include "wire/json.h"
#include "wire/reasons.h"

namespace dure::commands {
namespace {

model::SummaryColumn column_of(const policy::ApplicationRules& rules, const std::string& id) {
  for (const auto& field : rules.fields)
    if (field.id == id) return {id, field.title.ko, field.title.en.empty() ? field.title.ko : field.title.en};
  const auto* word = wire::find_reason("word.form." + id);
  if (word == nullptr) return {id, id, id};
  return {id, word->ko, word->en};
}

// The form as the caller may see it.
base::Result<model::Form1> form_shown(const model::Application& application, bool revealed) {
  if (revealed) return application.form;
  return wire::read_json<model::Form1>(wire::json_text(application.form));
}

base::Result<model::SummaryRow> summary_row(const model::Application& application, bool revealed,
                                            const policy::Pack& pack) {
  model::SummaryRow row;
  row.application_id = application.id;
  row.receipt_number = application.receipt_number;
  row.state = application.state;
  const std::map<std::string, std::vector<std::string>> none;
  const auto& whole = application.form;
  for (const auto& cell : programme::summary_of(whole, whole.answers.value_or(none), pack.application))
    if (cell.gap) row.gaps.push_back(cell.column);
  DURE_LET(form, form_shown(application, revealed));
  for (const auto& cell : programme::summary_of(form, form.answers.value_or(none), pack.application))
    row.cells.push_back(cell.value);
  return row;
}

model::SummarySheet sheet_for(const policy::Pack& pack, const std::string& title) {
  model::SummarySheet sheet;
  sheet.title = title;
  for (const auto& id : pack.application.summary) sheet.columns.push_back(column_of(pack.application, id));
  return sheet;
}

bool handed_in(const model::Application& application) {
  return application.submitted_at && application.state != model::ApplicationState::kWithdrawn &&
         application.state != model::ApplicationState::kVoid;
}

base::Result<std::vector<model::Application>> handed_in_of(Work& work, const model::CallId& call) {
  std::vector<model::Application> all;
  auto query = ports::Query{}.where("call_id", call).at_most(500);
  do {
    DURE_LET(page, read_page(work, work.tx.applications(), query));
    for (auto& each : page.rows)
      if (handed_in(each)) all.push_back(std::move(each));
    query.cursor = page.next;
  } while (!query.cursor.empty());
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.receipt_number < b.receipt_number; });
  return all;
}

}  // namespace

base::Result<model::SummarySheet> summary_of_application(Work& work, const model::ApplicationId& id) {
  DURE_LET(application, read_row(work, work.tx.applications(), id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, application.programme_id));
  DURE_LET(call, work.tx.calls().get(application.call_id));
  auto sheet = sheet_for(*pack, call.title);
  DURE_LET(revealed, reveal_application(work, application, ""));
  DURE_LET(row, summary_row(application, revealed, *pack));
  sheet.rows.push_back(std::move(row));
  return sheet;
}

base::Result<model::SummarySheet> summary_of_call(Work& work, const model::CallId& id,
                                                  const std::string& ground) {
  DURE_LET(call, read_row(work, work.tx.calls(), id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  auto sheet = sheet_for(*pack, call.title);
  DURE_LET(applications, handed_in_of(work, call.id));
  for (const auto& each : applications) {
    DURE_LET(revealed, reveal_application(work, each, ground));
    DURE_LET(row, summary_row(each, revealed, *pack));
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

}  // namespace dure::commands
