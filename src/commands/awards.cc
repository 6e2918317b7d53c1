#include "commands/awards.h"

#include "calendar/zone.h"
#include "commands/accounts.h"
#include "commands/reads.h"
#include "programme/award.h"
#include "programme/from_policy.h"
#include "programme/numbers.h"
#include "programme/obligation.h"

namespace dure::commands {
namespace {

constexpr std::int64_t kFirstGid = 20'000;  // above the groups of any machine

base::Status check_award(const model::Award& award, const policy::Pack& pack) {
  if (award.state == model::AwardState::kAccepted) return {};
  if (award.state != model::AwardState::kOffered)
    return base::error(
        base::ErrorKind::kConflict,
        base::Reason("award.not_open").with("state", std::string(model::to_text(award.state))));
  if (pack.award.agreement_required)
    return base::error(base::ErrorKind::kConflict, base::Reason("award.agreement_missing"));
  return {};
}

base::Result<model::Organisation> find_or_make_organisation(Work& work, const model::Applicant& applicant) {
  const std::string number = programme::business_number(applicant.business_number).value_or("");
  auto query = number.empty() ? ports::Query{}.where("name", applicant.organisation)
                              : ports::Query{}.where("business_number", number);
  DURE_LET(found, work.tx.organisations().first(std::move(query).at_most(1)));
  if (found) return *found;
  model::Organisation organisation;
  work.stamp(organisation);
  organisation.name = applicant.organisation;
  organisation.organisation_class = applicant.organisation_class;
  organisation.region = applicant.region;
  organisation.business_number = number;
  DURE_TRY(work.tx.organisations().insert(organisation));
  return organisation;
}

base::Result<model::Person> make_person(Work& work, const model::Applicant& applicant,
                                        const model::OrganisationId& organisation) {
  model::Person person;
  work.stamp(person);
  person.organisation_id = organisation;
  person.name = applicant.name;
  person.position = applicant.position;
  person.email = applicant.email;
  person.phone = applicant.phone;
  person.mobile = applicant.mobile;
  DURE_TRY(work.tx.people().insert(person));
  return person;
}

base::Result<model::Project> make_project(Work& work, const model::Application& application,
                                          const model::OrganisationId& organisation) {
  model::Project project;
  work.stamp(project);
  project.programme_id = application.programme_id;
  project.organisation_id = organisation;
  project.application_id = application.id;
  project.name = application.title;
  DURE_LET(gid, work.tx.next_number("gid", kFirstGid));
  project.gid = gid;
  DURE_TRY(work.tx.projects().insert(project));
  return project;
}

base::Result<model::Allocation> make_allocation(Work& work, const model::Award& award,
                                                const model::Project& project, const std::string& pool,
                                                const policy::Pack& pack) {
  DURE_LET(period, programme::plan_period(award.starts_on, award.months, pack.award.max_period));
  model::Allocation allocation;
  work.stamp(allocation);
  allocation.programme_id = award.programme_id;
  allocation.award_id = award.id;
  allocation.project_id = project.id;
  allocation.pool = programme::decision_limits(pack, pool).pool.id;
  allocation.limit = award.awarded;
  allocation.starts_on = period.starts_on;
  allocation.ends_on = allocation.agreed_ends_on = period.ends_on;
  allocation.policy_hash = pack.hash();
  allocation.state = programme::state_on(allocation, calendar::local_date(work.now, policy::zone_of(pack)));
  DURE_TRY(work.tx.allocations().insert(allocation));
  return allocation;
}

base::Status make_volume(Work& work, const model::Allocation& allocation, const model::Account& account) {
  model::Volume volume;
  work.stamp(volume);
  volume.programme_id = allocation.programme_id;
  volume.project_id = allocation.project_id;
  volume.account_id = account.id;
  volume.name = "home";
  volume.quota = allocation.limit.storage;
  return work.tx.volumes().insert(volume);
}

// The first of those that were made; a default one where the pack asks for nothing.
base::Result<model::Obligation> make_obligations(Work& work, const model::Allocation& allocation,
                                                 const policy::Pack& pack) {
  model::Obligation first;
  for (const auto& due :
       programme::obligations_of(allocation, pack.outcomes, policy::business_days_of(pack))) {
    model::Obligation obligation;
    work.stamp(obligation);
    obligation.programme_id = allocation.programme_id;
    obligation.project_id = allocation.project_id;
    obligation.allocation_id = allocation.id;
    obligation.kind = due.kind;
    obligation.form = due.form;
    obligation.due_on = due.due_on;
    obligation.source = due.source;
    DURE_TRY(work.tx.obligations().insert(obligation));
    if (first.id.empty()) first = obligation;
  }
  return first;
}

base::Result<NewAccount> open_account(Work& work, const model::Application& application,
                                      const model::OpenAllocation& command, const model::Person& person,
                                      const policy::Pack& pack) {
  NewAccount wish;
  wish.login = command.login.value_or(application.form.login);
  wish.person_id = person.id;
  wish.programme_id = application.programme_id;
  if (pack.account.ip_allowlist == policy::IpAllowlist::kRegistered && !application.form.public_ip.empty())
    wish.allowed_addresses.push_back(application.form.public_ip);
  DURE_TRY(make_account(work, wish));
  return wish;
}

base::Status record_opening(Work& work, const model::OpenedAllocation& opened) {
  const auto where = resource_of(opened.allocation);
  const auto name = "allocations/" + opened.allocation.id.text;
  DURE_TRY(work.publish("allocation.opened", name, where));
  DURE_TRY(work.publish("account.opened", "accounts/" + opened.account.id.text, where));
  return work.audit("allocations.open", name, where, "{}", "accounts/" + opened.account.id.text);
}

base::Result<policy::Pack> pack_of(Work& work, const model::ProgrammeId& programme) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, programme));
  return *pack;
}

base::Result<std::vector<model::Outage>> all_outages(Work& work) {
  DURE_LET(page, work.tx.outages().list(ports::Query{}.at_most(1000)));
  return page.rows;
}

// Brings one allocation up to the day. True where it changed.
base::Result<bool> keep_allocation(Work& work, model::Allocation allocation,
                                   const std::vector<model::Outage>& outages, const policy::Pack& pack) {
  const auto zone = policy::zone_of(pack);
  const auto extension =
      programme::extend_by_outages(allocation, outages, {}, pack.award.outage_extension, zone, work.now);
  model::Allocation kept = allocation;
  kept.ends_on = extension.ends_on;
  kept.outage_given_back = extension.lost;
  kept.state = programme::state_on(kept, calendar::local_date(work.now, zone));
  if (kept.state == allocation.state && kept.ends_on == allocation.ends_on &&
      kept.outage_given_back == allocation.outage_given_back)
    return false;
  DURE_TRY(work.save(work.tx.allocations(), kept));
  const std::string name = "allocations/" + kept.id.text;
  DURE_TRY(work.publish(kept.ends_on == allocation.ends_on ? "allocation.state" : "allocation.extended", name,
                        resource_of(kept),
                        "{\"state\":\"" + std::string(model::to_text(kept.state)) + "\",\"ends_on\":\"" +
                            base::to_text(kept.ends_on) + "\"}"));
  return true;
}

base::Result<bool> keep_obligation(Work& work, model::Obligation obligation,
                                   const model::Allocation& allocation, const policy::Pack& pack) {
  const auto today = calendar::local_date(work.now, policy::zone_of(pack));
  const auto due =
      programme::due_on(obligation, allocation.ends_on, pack.outcomes, policy::business_days_of(pack));
  model::Obligation kept = obligation;
  if (due) kept.due_on = *due;
  kept.state = programme::state_on(kept, allocation.ends_on, today);
  if (kept.state == obligation.state && kept.due_on == obligation.due_on) return false;
  DURE_TRY(work.save(work.tx.obligations(), kept));
  DURE_TRY(work.publish("obligation." + std::string(model::to_text(kept.state)),
                        "obligations/" + kept.id.text, resource_of(kept),
                        "{\"due_on\":\"" + base::to_text(kept.due_on) + "\"}"));
  return true;
}

}  // namespace

base::Result<model::OpenedAllocation> open_allocation(Work& work, const model::AwardId& id,
                                                      const model::OpenAllocation& command) {
  DURE_LET(award, work.tx.awards().find(id));
  if (!award) return access::not_found();
  auto where = resource_of(*award);
  where.kind = access::ResourceKind::kAllocation;
  DURE_TRY(work.require(access::Permission::kAllocationManage, where));
  DURE_LET(pack, pack_of(work, award->programme_id));
  DURE_TRY(check_award(*award, pack));
  DURE_LET(application, work.tx.applications().get(award->application_id));
  DURE_LET(organisation, find_or_make_organisation(work, application.form.applicant));
  DURE_LET(person, make_person(work, application.form.applicant, organisation.id));
  DURE_LET(project, make_project(work, application, organisation.id));
  DURE_LET(account, open_account(work, application, command, person, pack));
  DURE_TRY(make_grant(work, account.account.id, model::Role::kMember, model::ScopeKind::kProject,
                      project.id.text));
  DURE_LET(allocation, make_allocation(work, *award, project, command.pool, pack));
  DURE_TRY(make_volume(work, allocation, account.account));
  DURE_LET(obligation, make_obligations(work, allocation, pack));
  award->state = model::AwardState::kActive;
  award->project_id = project.id;
  DURE_TRY(work.save(work.tx.awards(), *award));
  model::OpenedAllocation opened{allocation, project, account.account, obligation,
                                 account.temporary_password};
  DURE_TRY(record_opening(work, opened));
  return opened;
}

base::Result<std::int64_t> keep_dates(Work& work) {
  std::int64_t changed = 0;
  DURE_LET(outages, all_outages(work));
  auto query =
      ports::Query{}.where("state", model::AllocationState::kEnded, ports::Compare::kNotEqual).at_most(500);
  do {
    DURE_LET(page, work.tx.allocations().list(query));
    for (const auto& row : page.rows) {
      DURE_LET(pack, work.world.policies.of_programme(work.tx, row.programme_id));
      DURE_LET(moved, keep_allocation(work, row, outages, *pack));
      changed += moved ? 1 : 0;
      DURE_LET(allocation, work.tx.allocations().get(row.id));
      DURE_LET(due, work.tx.obligations().list(ports::Query{}.where("allocation_id", row.id).at_most(100)));
      for (const auto& obligation : due.rows) {
        DURE_LET(turned, keep_obligation(work, obligation, allocation, *pack));
        changed += turned ? 1 : 0;
      }
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return changed;
}

base::Result<model::Outage> begin_outage(Work& work, const model::BeginOutage& command) {
  const access::Resource where{.kind = access::ResourceKind::kOutage};
  DURE_TRY(work.require(access::Permission::kOutageManage, where));
  if (command.cause.empty()) return base::invalid(base::Reason("outage.cause_missing"));
  model::Outage outage;
  work.stamp(outage);
  outage.cause = command.cause;
  outage.note = command.note;
  outage.node_ids = command.node_ids;
  outage.started_at = work.now;
  DURE_TRY(work.tx.outages().insert(outage));
  DURE_TRY(work.publish("outage.begun", "outages/" + outage.id.text, where));
  DURE_TRY(work.audit("outages.begin", "outages/" + outage.id.text, where));
  return outage;
}

base::Result<model::Outage> end_outage(Work& work, const model::OutageId& id) {
  DURE_LET(outage, load_for(work, work.tx.outages(), id, access::Permission::kOutageManage));
  if (outage.ended_at) return base::error(base::ErrorKind::kConflict, base::Reason("outage.over_already"));
  outage.ended_at = work.now;
  outage.given_back = true;
  DURE_TRY(work.save(work.tx.outages(), outage));
  if (const auto kept = keep_dates(work); !kept) return kept.failure();
  DURE_TRY(work.publish("outage.ended", "outages/" + outage.id.text, resource_of(outage)));
  DURE_TRY(work.audit("outages.end", "outages/" + outage.id.text, resource_of(outage)));
  return outage;
}

base::Result<model::Obligation> submit_report(Work& work, const model::ObligationId& id,
                                              const model::ResultsReport& report) {
  DURE_LET(obligation, load_for(work, work.tx.obligations(), id, access::Permission::kObligationSubmit));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, obligation.programme_id));
  DURE_TRY(programme::submit(obligation, report, pack->outcomes, work.now));
  DURE_TRY(work.save(work.tx.obligations(), obligation));
  DURE_TRY(work.publish("obligation.submitted", "obligations/" + id.text, resource_of(obligation)));
  DURE_TRY(work.audit("obligations.submit", "obligations/" + id.text, resource_of(obligation)));
  return obligation;
}

base::Result<model::Obligation> accept_report(Work& work, const model::ObligationId& id) {
  DURE_LET(obligation, load_for(work, work.tx.obligations(), id, access::Permission::kObligationDecide));
  DURE_TRY(programme::accept(obligation));
  DURE_TRY(work.save(work.tx.obligations(), obligation));
  DURE_TRY(work.publish("obligation.accepted", "obligations/" + id.text, resource_of(obligation)));
  DURE_TRY(work.audit("obligations.accept", "obligations/" + id.text, resource_of(obligation)));
  return obligation;
}

}  // namespace dure::commands
