#include "commands/unit_ids.h"

#include <set>
#include <string>

#include "commands/rows.h"
#include "evaluation/conflicts.h"
#include "programme/award.h"
#include "programme/unit_ids.h"

namespace dure::commands {
namespace {

// The applications whose IDs live, or are about to.
base::Result<std::set<model::ApplicationId>> applications_with_ids(Work& work,
                                                                   const model::ProgrammeId& programme) {
  std::set<model::ApplicationId> ids;
  DURE_LET(allocations, load_all(work.tx.allocations(), ports::Query{}.where("programme_id", programme)));
  for (const auto& each : allocations) {
    if (programme::over(each.state)) continue;
    DURE_LET(project, work.tx.projects().get(each.project_id));
    ids.insert(project.application_id);
  }
  for (const auto state :
       {model::AwardState::kOffered, model::AwardState::kAccepted, model::AwardState::kAgreed}) {
    DURE_LET(awards, load_all(work.tx.awards(),
                              ports::Query{}.where("programme_id", programme).where("state", state)));
    for (const auto& each : awards) ids.insert(each.application_id);
  }
  return ids;
}

}  // namespace

base::Result<std::int64_t> unit_ids_beside(Work& work, const model::Application& application,
                                           const policy::Pack& pack) {
  const auto& applicant = application.form.applicant;
  const auto* scope = programme::id_scope_of(pack.offer, applicant.organisation_class);
  if (scope == nullptr) return 0;
  DURE_LET(ids, applications_with_ids(work, application.programme_id));
  const auto own = evaluation::party_of(application);
  std::set<std::string> logins;
  for (const auto& id : ids) {
    if (id == application.id) continue;
    DURE_LET(other, work.tx.applications().get(id));
    if (other.form.kind == model::ApplicationKind::kNew && other.form.login != application.form.login &&
        evaluation::same_organisation(evaluation::party_of(other), own) &&
        programme::same_unit(other.form.applicant, applicant, *scope))
      logins.insert(other.form.login);
  }
  return static_cast<std::int64_t>(logins.size());
}

base::Status check_unit_has_room(Work& work, const model::Application& application,
                                 const policy::Pack& pack) {
  if (application.form.kind != model::ApplicationKind::kNew) return {};
  DURE_LET(held, unit_ids_beside(work, application, pack));
  return programme::check_unit_ids(application.form.applicant, held, pack.offer);
}

}  // namespace dure::commands
