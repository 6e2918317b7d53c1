// What a conflict of interest closes to a reader (reads.h; invariant 5).
#include <set>
#include <utility>

#include "commands/applications.h"
#include "commands/evaluation_work.h"
#include "commands/reads.h"

namespace dure::commands {
namespace {

base::Result<bool> files_it(Work& work, const model::ApplicationId& id) {
  DURE_LET(application, work.tx.applications().find(id));
  return application && is_filer(work, *application);
}

}  // namespace

base::Status may_read_application(Work& work, const model::ApplicationId& application) {
  const auto& account = work.caller.subject.account_id;
  if (account.empty() || application.empty()) return {};
  DURE_LET(conflicts, evaluation_side::conflicts_of(work, application, account));
  if (evaluation::may_read(conflicts)) return {};
  DURE_LET(own, files_it(work, application));
  if (own) return {};
  return evaluation_side::not_allowed(base::Reason("evaluation.conflict_open"));
}

base::Result<std::vector<std::string>> closed_applications(Work& work) {
  std::vector<std::string> closed;
  const auto& account = work.caller.subject.account_id;
  if (account.empty()) return closed;
  DURE_LET(rows, load_all(work.tx.conflicts_of_interest(), ports::Query{}.where("account_id", account)));
  std::set<std::string> looked_at;
  for (const auto& row : rows) {
    if (evaluation::may_read({row}) || !looked_at.insert(row.application_id.text).second) continue;
    DURE_LET(own, files_it(work, row.application_id));
    if (!own) closed.push_back(row.application_id.text);
  }
  return closed;
}

namespace internal {

void without(ports::Query& query, const std::string& column, const std::vector<std::string>& ids) {
  const ports::Condition none{column, ports::Compare::kIsNull, {}};
  std::vector<ports::Condition> others;
  others.reserve(ids.size());
  for (const auto& id : ids) others.push_back({column, ports::Compare::kNotEqual, {ports::scalar(id)}});
  if (query.any.empty()) query.any.emplace_back();
  std::vector<std::vector<ports::Condition>> groups;
  groups.reserve(2 * query.any.size());
  for (const auto& group : query.any) {
    auto empty = group;
    empty.push_back(none);
    groups.push_back(std::move(empty));
    groups.push_back(group);
    groups.back().insert(groups.back().end(), others.begin(), others.end());
  }
  query.any = std::move(groups);
}

}  // namespace internal
}  // namespace dure::commands
