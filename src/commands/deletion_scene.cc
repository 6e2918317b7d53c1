#include "commands/deletion_scene.h"

#include <algorithm>

#include "calendar/zone.h"
#include "commands/accounts.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "programme/award.h"
#include "programme/deletion.h"
#include "programme/invoice_states.h"

namespace dure::commands {
namespace {

using model::DeletionJob;
using model::DeletionJobState;

base::Result<base::Date> day_of(Work& work, const model::ProgrammeId& programme) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, programme));
  return calendar::local_date(work.now, policy::zone_of(*pack));
}

std::string rule_source(const policy::Pack& pack, const char* key) {
  const auto* found = pack.provenance(key);
  return found == nullptr ? std::string() : found->source;
}

bool open(DeletionJobState state) {
  return state != DeletionJobState::kCertified && state != DeletionJobState::kCancelled;
}
bool waiting(DeletionJobState state) {
  return state == DeletionJobState::kScheduled || state == DeletionJobState::kNoticed ||
         state == DeletionJobState::kHeld;
}

template <class Ids>
std::vector<ports::Scalar> scalars(const Ids& ids) {
  std::vector<ports::Scalar> all;
  all.reserve(ids.size());
  for (const auto& each : ids) all.push_back(ports::scalar(each));
  return all;
}

base::Result<std::vector<DeletionJob>> jobs_of(Work& work, const std::string& field,
                                               std::vector<ports::Scalar> ids) {
  return load_all(work.tx.deletion_jobs(), ports::Query{}.where_in(field, std::move(ids)));
}

base::Result<std::vector<DeletionJob>> jobs_of_project(Work& work, const std::string& project) {
  return load_all(work.tx.deletion_jobs(), ports::Query{}.where("project_id", project));
}

base::Result<std::vector<model::RetentionHold>> holds_on(Work& work, const std::vector<DeletionJob>& jobs) {
  std::vector<ports::Scalar> ids;
  ids.reserve(jobs.size());
  for (const auto& each : jobs) ids.push_back(ports::scalar(each.id));
  return load_all(work.tx.retention_holds(), ports::Query{}.where_in("deletion_job_id", std::move(ids)));
}

base::Result<std::vector<DeletionJob>> jobs_beside(Work& work, const DeletionJob& job) {
  DURE_LET(accounts, accounts_of(work, job));
  DURE_LET(jobs, jobs_of(work, "account_id", scalars(accounts)));
  std::set<std::string> projects;
  if (job.project_id) projects.insert(job.project_id->text);
  if (job.account_id) {
    DURE_LET(own, projects_of_account(work, *job.account_id, true));
    projects = own;
  }
  DURE_LET(of_projects, jobs_of(work, "project_id", scalars(projects)));
  jobs.insert(jobs.end(), of_projects.begin(), of_projects.end());
  return std::move(jobs);
}

void reach(std::optional<base::Date>& until, base::Date day) {
  until = until ? std::max(*until, day) : day;
}

// By the other allocations of the project.
base::Result<std::optional<base::Date>> allocations_until(Work& work, const DeletionJob& job,
                                                          const DeletionScene& scene) {
  std::optional<base::Date> until;
  DURE_LET(all, load_all(work.tx.allocations(), ports::Query{}.where("project_id", *job.project_id)));
  for (const auto& each : all) {
    if (job.allocation_id == each.id || each.state == model::AllocationState::kPurged) continue;
    const bool over = programme::over(programme::state_on(each, scene.today));
    if (!over && each.ends_on > job.last_day) reach(until, each.ends_on);
    if (!over || !waiting(job.state)) continue;
    const auto purge_on = programme::plan_closure(each, scene.pack->retention).purge_on;
    if (purge_on > job.purge_on && purge_on > scene.today) reach(until, each.ends_on);
  }
  return until;
}

base::Result<std::optional<base::Date>> jobs_until(Work& work, const DeletionJob& job, base::Date today) {
  std::optional<base::Date> until;
  DURE_LET(jobs, jobs_of_project(work, job.project_id->text));
  for (const auto& each : jobs) {
    if (each.id == job.id || !open(each.state)) continue;
    const bool later = each.purge_on > job.purge_on && each.purge_on > today;
    const bool untold = job.noticed_at && !each.noticed_at;
    if (!waiting(each.state) || later || untold) reach(until, each.last_day);
  }
  return until;
}

// Its way is not at an end: it may still be decided, or appealed against in time.
bool may_still_change(const model::Sanction& sanction, base::Date today) {
  using State = model::SanctionState;
  if (sanction.state == State::kImposed) return sanction.appeal_until && today <= *sanction.appeal_until;
  return sanction.state != State::kDismissed && sanction.state != State::kReversed &&
         sanction.state != State::kExpired && sanction.state != State::kUpheld;
}

base::Result<std::int64_t> sanctions_open(Work& work, std::vector<ports::Scalar> projects,
                                          const DeletionJob& job) {
  DURE_LET(today, day_of(work, job.programme_id));
  DURE_LET(found, load_all(work.tx.sanctions(), ports::Query{}.where_in("project_id", std::move(projects))));
  DURE_LET(accounts, accounts_of(work, job));
  DURE_LET(others, load_all(work.tx.sanctions(), ports::Query{}.where_in("account_id", scalars(accounts))));
  std::set<std::string> open_ones;
  for (const auto* each : {&found, &others})
    for (const auto& sanction : *each)
      if (may_still_change(sanction, today)) open_ones.insert(sanction.id.text);
  return static_cast<std::int64_t>(open_ones.size());
}

std::optional<base::Reason> counted(const char* code, std::int64_t count) {
  if (count == 0) return std::nullopt;
  return base::Reason(code).with("count", count);
}

// What the job's projects owe; persons and accounts of the job's accounts wait for their sanctions, too.
base::Result<std::optional<base::Reason>> owed_in(Work& work, const std::vector<ports::Scalar>& projects,
                                                  const DeletionJob& job) {
  DURE_LET(reports, work.tx.obligations().count(
                        ports::Query{}
                            .where("state", model::ObligationState::kAccepted, ports::Compare::kNotEqual)
                            .where("state", model::ObligationState::kEscalated, ports::Compare::kNotEqual)
                            .where_in("project_id", projects)));
  if (reports > 0) return counted("deletion.report_owed", reports);
  DURE_LET(sanctions, sanctions_open(work, projects, job));
  if (sanctions > 0) return counted("deletion.sanction_open", sanctions);
  std::int64_t invoices = 0;
  for (const auto state :
       {model::InvoiceState::kIssued, model::InvoiceState::kPartlyPaid, model::InvoiceState::kOverdue}) {
    DURE_LET(unpaid, load_all(work.tx.invoices(),
                              ports::Query{}.where("state", state).where_in("project_id", projects)));
    // One of nothing is issued for good, and nobody waits for it.
    invoices += std::count_if(unpaid.begin(), unpaid.end(),
                              [](const model::Invoice& each) { return programme::owed(each).won != 0; });
  }
  return counted("deletion.invoice_open", invoices);
}

// Whether the project still wants its accounts: it is used, its deletion is to come, or it owes.
base::Result<bool> project_goes_on(Work& work, const std::string& project, base::Date today) {
  DURE_LET(allocations, load_all(work.tx.allocations(), ports::Query{}.where("project_id", project)));
  DURE_LET(jobs, jobs_of_project(work, project));
  const bool any_open =
      std::any_of(jobs.begin(), jobs.end(), [](const auto& each) { return open(each.state); });
  for (const auto& each : allocations) {
    if (!programme::over(programme::state_on(each, today))) return true;
    if (each.state != model::AllocationState::kPurged && !any_open) return true;
  }
  for (const auto& each : jobs) {
    if (waiting(each.state)) return true;
    if (each.state != DeletionJobState::kRunning) continue;
    DURE_LET(owed, owed_in(work, {ports::scalar(model::ProjectId(project))}, each));
    if (owed) return true;
  }
  return false;
}

bool awaits_decision(model::ApplicationState state) {
  using State = model::ApplicationState;
  return state == State::kSubmitted || state == State::kReturned || state == State::kEligible ||
         state == State::kUnderReview || state == State::kScored || state == State::kWaitlisted;
}

// Whether something that the account filed may still become an allocation.
base::Result<bool> applies(Work& work, const model::AccountId& id) {
  DURE_LET(applications, load_all(work.tx.applications(), ports::Query{}.where("account_id", id)));
  for (const auto& each : applications) {
    if (awaits_decision(each.state)) return true;
    if (each.state != model::ApplicationState::kSelected) continue;
    DURE_LET(awards, load_all(work.tx.awards(), ports::Query{}.where("application_id", each.id)));
    if (std::any_of(awards.begin(), awards.end(), [](const auto& award) {
          return award.state == model::AwardState::kOffered || award.state == model::AwardState::kAccepted ||
                 award.state == model::AwardState::kAgreed;
        }))
      return true;
  }
  return false;
}

}  // namespace

bool holds_now(const model::RoleGrant& grant, base::Instant now) {
  return !grant.ends_at || now < *grant.ends_at;
}

base::Result<std::set<model::AccountId>> accounts_of(Work& work, const DeletionJob& job) {
  std::set<model::AccountId> ids;
  if (job.account_id) ids.insert(*job.account_id);
  if (!job.project_id) return ids;
  DURE_LET(
      grants,
      load_all(work.tx.role_grants(),
               ports::Query{}.where("scope", model::ScopeKind::kProject).where("scope_id", *job.project_id)));
  for (const auto& each : grants) ids.insert(each.account_id);
  return ids;
}

base::Result<std::set<std::string>> projects_of_account(Work& work, const model::AccountId& id, bool ever) {
  DURE_LET(grants,
           load_all(work.tx.role_grants(),
                    ports::Query{}.where("account_id", id).where("scope", model::ScopeKind::kProject)));
  std::set<std::string> projects;
  for (const auto& each : grants)
    if (ever || holds_now(each, work.now)) projects.insert(each.scope_id);
  return projects;
}

base::Result<std::vector<model::RetentionHold>> holds_over(Work& work, const DeletionJob& job) {
  DURE_LET(jobs, jobs_beside(work, job));
  return holds_on(work, jobs);
}

base::Result<DeletionScene> scene_of(Work& work, const DeletionJob& job) {
  DeletionScene scene;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, job.programme_id));
  scene.pack = pack;
  scene.today = calendar::local_date(work.now, policy::zone_of(*pack));
  DURE_LET(holds, holds_over(work, job));
  scene.holds = holds;
  DURE_LET(accounts, accounts_of(work, job));
  DURE_LET(on_people, holds_on_people(work, accounts));
  scene.holds_on_people = on_people;
  if (job.allocation_id) {
    DURE_LET(allocation, work.tx.allocations().get(*job.allocation_id));
    scene.allocation = allocation;
  }
  return scene;
}

std::string law_of(const model::DeletionItem& item, const DeletionScene& scene) {
  if (item.kind == model::DeletedKind::kAccessRecord) {
    const auto source = rule_source(*scene.pack, "retention.access_log_days");
    return source.empty() ? "retention.access_log_days" : source;
  }
  const auto found = scene.holds_on_people.find(item.id);
  if (found != scene.holds_on_people.end()) {
    auto law = programme::law_over_somebody(item.kind, found->second, scene.today);
    if (!law.empty()) return law;
  }
  return programme::law_over(item.kind, scene.pack->retention, rule_source(*scene.pack, "retention.holds"),
                             scene.holds, scene.today);
}

base::Result<std::optional<model::Allocation>> allocation_in_use(Work& work, const model::AccountId& id,
                                                                 base::Date today) {
  DURE_LET(projects, projects_of_account(work, id, false));
  for (const auto& project : projects) {
    DURE_LET(allocations, load_all(work.tx.allocations(), ports::Query{}.where("project_id", project)));
    for (const auto& each : allocations)
      if (!programme::over(programme::state_on(each, today))) return std::optional(each);
  }
  return std::optional<model::Allocation>();
}

base::Result<std::optional<base::Date>> goes_on_until(Work& work, const DeletionJob& job,
                                                      const DeletionScene& scene) {
  if (!job.project_id) {
    DURE_LET(used, allocation_in_use(work, *job.account_id, scene.today));
    return used ? std::optional(used->ends_on) : std::nullopt;
  }
  DURE_LET(until, allocations_until(work, job, scene));
  if (!waiting(job.state)) return until;
  DURE_LET(by_jobs, jobs_until(work, job, scene.today));
  if (by_jobs) reach(until, *by_jobs);
  return until;
}

base::Result<bool> stands_for_project(Work& work, const model::Allocation& allocation) {
  DURE_LET(all, load_all(work.tx.allocations(), ports::Query{}.where("project_id", allocation.project_id)));
  return std::none_of(all.begin(), all.end(), [&](const auto& each) {
    return each.state != model::AllocationState::kPurged &&
           std::pair(allocation.ends_on, allocation.id.text) < std::pair(each.ends_on, each.id.text);
  });
}

base::Result<std::optional<base::Reason>> what_is_owed(Work& work, const DeletionJob& job) {
  std::set<std::string> projects;
  if (job.project_id) projects.insert(job.project_id->text);
  if (job.account_id) {
    DURE_LET(own, projects_of_account(work, *job.account_id, false));
    projects = own;
  }
  return owed_in(work, scalars(projects), job);
}

base::Result<bool> account_goes_on(Work& work, const model::Account& account, const DeletionJob& job) {
  if (is_staff(account)) return true;
  DURE_LET(today, day_of(work, job.programme_id));
  DURE_LET(grants, load_all(work.tx.role_grants(), ports::Query{}.where("account_id", account.id)));
  for (const auto& grant : grants) {
    if (grant.role == model::Role::kApplicant || !holds_now(grant, work.now)) continue;
    if (grant.role != model::Role::kMember || grant.scope != model::ScopeKind::kProject) return true;
    if (job.project_id && grant.scope_id == job.project_id->text) continue;
    DURE_LET(goes_on, project_goes_on(work, grant.scope_id, today));
    if (goes_on) return true;
  }
  return applies(work, account.id);
}

}  // namespace dure::commands
