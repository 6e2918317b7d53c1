#include "commands/project_resources.h"

#include <algorithm>

#include "calendar/zone.h"
#include "commands/accounts.h"
#include "commands/rows.h"
#include "programme/award.h"
#include "programme/one_resource.h"

namespace dure::commands {
namespace {

using programme::HeldResource;

// Whether an allocation that has ended may come back: a stop that is not over yet, and began before its end,
// is given back to it (F6).
bool may_come_back(const model::Allocation& allocation, const std::vector<model::Outage>& open,
                   const calendar::Zone& zone) {
  return allocation.state == model::AllocationState::kEnded &&
         std::any_of(open.begin(), open.end(), [&](const auto& each) {
           return calendar::local_date(each.started_at, zone) <= allocation.ends_on;
         });
}

// By all allocations of the project that are not over for good, but for one.
base::Result<std::vector<HeldResource>> held_by_project(Work& work, const model::ProjectId& project,
                                                        const std::optional<model::AllocationId>& except,
                                                        const policy::Pack& pack) {
  DURE_LET(allocations, load_all(work.tx.allocations(), ports::Query{}.where("project_id", project)));
  std::vector<model::Outage> open;
  if (pack.award.outage_extension != policy::OutageExtension::kNone) {
    DURE_LET(stops, load_all(work.tx.outages(), ports::Query{}.where_null("ended_at")));
    open = std::move(stops);
  }
  const auto zone = policy::zone_of(pack);
  std::vector<HeldResource> held;
  held.reserve(allocations.size());
  for (const auto& each : allocations)
    if ((!programme::over(each.state) || may_come_back(each, open, zone)) && each.id != except)
      held.push_back({each.pool, each.limit.model});
  return held;
}

bool binds(const policy::Pack& pack) {
  return pack.offer.one_pool_per_project || pack.offer.one_model_per_project;
}

}  // namespace

base::Result<std::vector<model::Project>> own_projects(Work& work, const model::AccountId& account,
                                                       const model::Application& application) {
  DURE_LET(grants, load_all(work.tx.role_grants(), ports::Query{}
                                                       .where("account_id", account)
                                                       .where("role", model::Role::kMember)
                                                       .where("scope", model::ScopeKind::kProject)
                                                       .where_null("ends_at")));
  std::vector<model::Project> projects;
  for (const auto& grant : grants) {
    DURE_LET(project, work.tx.projects().find(model::ProjectId(grant.scope_id)));
    if (project && project->programme_id == application.programme_id) projects.push_back(*project);
  }
  std::sort(projects.begin(), projects.end(), [&](const auto& a, const auto& b) {
    const bool a_named = a.name == application.title, b_named = b.name == application.title;
    return a_named != b_named ? a_named : a.id.text > b.id.text;
  });
  return projects;
}

base::Result<std::optional<model::Allocation>> allocation_to_adjust(Work& work,
                                                                    const model::AccountId& account,
                                                                    const model::Application& application) {
  DURE_LET(projects, own_projects(work, account, application));
  for (const auto& project : projects) {
    DURE_LET(found, work.tx.allocations().first(
                        ports::Query{}
                            .where("project_id", project.id)
                            .where("state", model::AllocationState::kEnded, ports::Compare::kNotEqual)
                            .where("state", model::AllocationState::kPurged, ports::Compare::kNotEqual)
                            .ordered("id", true)
                            .at_most(1)));
    if (found) return found;
  }
  return std::optional<model::Allocation>();
}

bool is_applicant(const model::Person& person, const model::Applicant& applicant) {
  const bool reached_alike = (!person.email.empty() && person.email == applicant.email) ||
                             (!person.mobile.empty() && person.mobile == applicant.mobile);
  return person.name == applicant.name && reached_alike;
}

base::Result<std::vector<HeldResource>> held_beside(Work& work, const model::Application& application,
                                                    const policy::Pack& pack) {
  const std::vector<HeldResource> nothing;
  if (!binds(pack)) return nothing;
  if (application.form.kind == model::ApplicationKind::kNew) return nothing;
  DURE_LET(account, find_login(work, application.form.login));
  if (!account || !account->person_id || account->programme_id != application.programme_id) return nothing;
  DURE_LET(person, work.tx.people().find(*account->person_id));
  if (!person || !is_applicant(*person, application.form.applicant)) return nothing;
  if (application.form.kind == model::ApplicationKind::kChange) {
    DURE_LET(adjusted, allocation_to_adjust(work, account->id, application));
    if (!adjusted) return nothing;
    return held_by_project(work, adjusted->project_id, adjusted->id, pack);
  }
  DURE_LET(projects, own_projects(work, account->id, application));
  if (projects.empty()) return nothing;
  return held_by_project(work, projects.front().id, std::nullopt, pack);
}

base::Status check_project_resource(Work& work, const model::ProjectId& project,
                                    const std::optional<model::AllocationId>& except,
                                    const HeldResource& wanted, const policy::Pack& pack) {
  if (!binds(pack)) return {};
  DURE_LET(held, held_by_project(work, project, except, pack));
  return programme::check_one_resource(pack.offer, held, wanted);
}

base::Status check_award_resource(Work& work, const model::Application& application, const std::string& pool,
                                  const model::ResourceAmount& awarded, const policy::Pack& pack) {
  if (!binds(pack)) return {};
  DURE_LET(held, held_beside(work, application, pack));
  return programme::check_one_resource(pack.offer, held, {pool, awarded.model});
}

}  // namespace dure::commands
