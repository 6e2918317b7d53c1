#include "commands/notice_forgetting.h"

#include "commands/rows.h"

namespace dure::commands {
namespace {

// `recipients`: how the names of the recipients begin, or the whole name.
base::Status forget(Work& work, const std::string& recipients) {
  DURE_LET(rows, load_all(work.tx.notifications(),
                          ports::Query{}.where("recipient", recipients, ports::Compare::kPrefix)));
  for (auto& row : rows) {
    if (row.email.empty() && row.mobile.empty()) continue;
    row.email.clear();
    row.mobile.clear();
    DURE_TRY(work.save(work.tx.notifications(), row));
  }
  return {};
}

base::Status forget_account(Work& work, const std::string& id) {
  DURE_TRY(forget(work, "accounts/" + id));
  DURE_LET(wish, work.tx.notice_preferences().first(ports::Query{}.where("account_id", id).at_most(1)));
  if (!wish || (wish->email.empty() && wish->mobile.empty())) return {};
  wish->email.clear();
  wish->mobile.clear();
  return work.save(work.tx.notice_preferences(), *wish);
}

}  // namespace

base::Status forget_addresses(Work& work, const Happening& happening) {
  if (happening.type == "account.deleted") return forget_account(work, happening.account_id);
  if (happening.type != "deletion.over" || happening.project_id.empty()) return {};
  DURE_LET(project, work.tx.projects().find(model::ProjectId(happening.project_id)));
  return project ? forget(work, "applications/" + project->application_id.text) : base::Status();
}

}  // namespace dure::commands
