#include "commands/awards.h"

#include <algorithm>

#include "calendar/zone.h"
#include "commands/accounts.h"
#include "commands/capacity.h"
#include "commands/counter_offers.h"
#include "commands/outages.h"
#include "commands/outcomes.h"
#include "commands/project_resources.h"
#include "commands/rankings.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "commands/training.h"
#include "commands/usage.h"
#include "commands/volumes.h"
#include "commands/waiting.h"
#include "programme/award.h"
#include "programme/from_policy.h"
#include "programme/numbers.h"
#include "programme/obligation.h"

namespace dure::commands {
namespace {

constexpr std::int64_t kFirstGid = 20'000;  // above the groups of any machine

base::Status check_award_open(const model::Award& award, const policy::Pack& pack) {
  if (award.state == model::AwardState::kAgreed) return {};
  if (award.state != model::AwardState::kOffered && award.state != model::AwardState::kAccepted)
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

// Within the days that the pack gives, and not beyond the programme's announced end (L2).
base::Result<programme::AllocationPlan> award_period(Work& work, const model::Award& award,
                                                     const policy::Pack& pack) {
  DURE_LET(programme, work.tx.programmes().get(award.programme_id));
  auto use_until = pack.award.use_until;
  if (programme.ends_on && (!use_until || *programme.ends_on < *use_until)) use_until = programme.ends_on;
  return programme::plan_period(award.starts_on, award.months, pack.award.max_period, use_until);
}

base::Result<model::Allocation> make_allocation(Work& work, const model::Award& award,
                                                const model::Project& project, const std::string& pool,
                                                const policy::Pack& pack) {
  DURE_LET(period, award_period(work, award, pack));
  model::Allocation allocation;
  work.stamp(allocation);
  allocation.programme_id = award.programme_id;
  allocation.award_id = award.id;
  allocation.project_id = project.id;
  const auto asked = pool.empty() ? programme::pool_with(pack, award.awarded) : pool;
  allocation.pool = programme::decision_limits(pack, asked).pool.id;
  allocation.limit = award.awarded;
  allocation.starts_on = period.starts_on;
  allocation.ends_on = allocation.agreed_ends_on = period.ends_on;
  allocation.policy_hash = pack.hash();
  DURE_LET(steps, steps_before_use(work, allocation, pack));
  allocation.state =
      programme::state_on(allocation, calendar::local_date(work.now, policy::zone_of(pack)), steps);
  DURE_TRY(check_project_resource(work, project.id, std::nullopt, {allocation.pool, allocation.limit.model},
                                  pack));
  DURE_TRY(check_capacity(work, allocation, pack));
  DURE_TRY(work.tx.allocations().insert(allocation));
  return allocation;
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
    DURE_TRY(make_share(work, obligation));
    if (first.id.empty()) first = obligation;
  }
  return first;
}

bool wants_address(const policy::Pack& pack, const model::Form1& form) {
  return pack.account.ip_allowlist == policy::IpAllowlist::kRegistered && !form.public_ip.empty();
}

base::Result<NewAccount> open_account(Work& work, const model::Application& application,
                                      const std::string& login, const model::OrganisationId& organisation,
                                      const policy::Pack& pack) {
  DURE_LET(person, make_person(work, application.form.applicant, organisation));
  NewAccount wish;
  wish.login = login;
  wish.person_id = person.id;
  wish.programme_id = application.programme_id;
  if (wants_address(pack, application.form)) wish.allowed_addresses.push_back(application.form.public_ip);
  DURE_TRY(make_account(work, wish));
  return wish;
}

// Whether the account is the applicant's: of this programme, same organisation, name, and mail address or
// mobile.
base::Result<bool> belongs_to(Work& work, const model::Account& account,
                              const model::Application& application,
                              const model::OrganisationId& organisation) {
  if (!account.person_id || account.programme_id != application.programme_id) return false;
  if (account.state == model::AccountState::kDisabled || account.state == model::AccountState::kDeleted)
    return false;
  DURE_LET(person, work.tx.people().get(*account.person_id));
  return person.organisation_id == organisation && is_applicant(person, application.form.applicant);
}

// The applicant's account: the one that he has, or a new one with its temporary password.
base::Result<NewAccount> account_of(Work& work, const model::Application& application,
                                    const model::OpenAllocation& command,
                                    const model::OrganisationId& organisation, const policy::Pack& pack) {
  const std::string login = command.login.value_or(application.form.login);
  DURE_LET(found, find_login(work, login));
  if (!found) return open_account(work, application, login, organisation, pack);
  DURE_LET(same, belongs_to(work, *found, application, organisation));
  if (!same)
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("account.login_taken").with("login", found->login));
  NewAccount held;
  held.account = *found;
  auto& addresses = held.account.allowed_addresses;
  const auto& address = application.form.public_ip;
  if (wants_address(pack, application.form) &&
      std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
    addresses.push_back(address);
    DURE_TRY(work.save(work.tx.accounts(), held.account));
  }
  return held;
}

base::Error nothing_to_change(const model::Application& application) {
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("award.nothing_to_change")
                         .with("kind", std::string(model::to_text(application.form.kind)))
                         .with("login", application.form.login));
}

// The project that the allocation belongs to: of a renewal the one that there is.
base::Result<model::Project> project_of_award(Work& work, const model::Application& application,
                                              const model::AccountId& account,
                                              const model::OrganisationId& organisation) {
  if (application.form.kind != model::ApplicationKind::kRenewal)
    return make_project(work, application, organisation);
  DURE_LET(projects, own_projects(work, account, application));
  if (projects.empty()) return nothing_to_change(application);
  return projects.front();
}

base::Result<model::Allocation> allocation_to_change(Work& work, const model::AccountId& account,
                                                     const model::Application& application) {
  DURE_LET(found, allocation_to_adjust(work, account, application));
  if (!found) return nothing_to_change(application);
  return std::move(*found);
}

base::Status record_opening(Work& work, const model::OpenedAllocation& opened) {
  const auto where = resource_of(opened.allocation);
  const auto name = "allocations/" + opened.allocation.id.text;
  DURE_TRY(work.publish("allocation.opened", name, where));
  const auto account = "accounts/" + opened.account.id.text;
  if (!opened.temporary_password.empty()) DURE_TRY(work.publish("account.opened", account, where));
  return work.audit("allocations.open", name, where, "{}", account);
}

base::Status activate(Work& work, model::Award award, const model::ProjectId& project) {
  award.state = model::AwardState::kActive;
  award.project_id = project;
  return work.save(work.tx.awards(), award);
}

// The award that shaped the allocation so far has done its work.
base::Status complete(Work& work, const model::AwardId& id) {
  DURE_LET(award, work.tx.awards().get(id));
  award.state = model::AwardState::kCompleted;
  return work.save(work.tx.awards(), award);
}

base::Result<policy::Pack> deciding_pack(Work& work, const model::ProgrammeId& programme) {
  DURE_LET(pack, work.world.policies.to_decide(work.tx, programme, work.now));
  return *pack;
}

// The one that is named; else the one that it has, unless that has not what is given.
std::string pool_after_change(const model::Allocation& former, const model::Award& award,
                              const std::string& named, const policy::Pack& pack) {
  if (!named.empty()) return programme::decision_limits(pack, named).pool.id;
  const auto& models = programme::decision_limits(pack, former.pool).pool.models;
  if (models.empty() || std::find(models.begin(), models.end(), award.awarded.model) != models.end())
    return former.pool;
  const auto other = programme::pool_with(pack, award.awarded);
  return other.empty() ? former.pool : other;
}

// The change holds from its first day on; the days before it are billed by the amount that they had. Its end
// lies within the longest period from the allocation's own first day; what it asks beyond is not given (S0
// article 6): that takes a renewal.
base::Status adjust(Work& work, model::Allocation& allocation, const model::Award& award,
                    const std::string& pool, const policy::Pack& pack) {
  const auto former = allocation;
  const auto today = calendar::local_date(work.now, policy::zone_of(pack));
  if (today < award.starts_on)
    return base::error(
        base::ErrorKind::kConflict,
        base::Reason("award.change_not_yet").with("starts_on", base::to_text(award.starts_on)));
  DURE_LET(period, award_period(work, award, pack));
  if (allocation.limit != award.awarded) DURE_TRY(bill_before_change(work, allocation));
  DURE_TRY(complete(work, allocation.award_id));
  allocation.award_id = award.id;
  allocation.limit = award.awarded;
  allocation.pool = pool_after_change(allocation, award, pool, pack);
  DURE_TRY(check_project_resource(work, allocation.project_id, allocation.id,
                                  {allocation.pool, allocation.limit.model}, pack));
  allocation.agreed_ends_on =
      std::min(period.ends_on, calendar::period_end(allocation.starts_on, pack.award.max_period));
  allocation.policy_hash = pack.hash();
  DURE_TRY(work.save(work.tx.allocations(), allocation));
  DURE_LET(kept, keep_dates_of(work, allocation.id));
  allocation = kept;
  return check_change_fits(work, allocation, former, pack);
}

// Of an accepted counter-offer its pool (F11), whoever opens it; else the one that is named.
base::Result<std::string> pool_to_open(Work& work, const model::AwardId& award, const std::string& named) {
  DURE_LET(taken, countered_pool(work, award));
  if (taken.empty()) return named;
  if (named.empty() || named == taken) return taken;
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("award.other_pool_taken").with("pool", named).with("taken", taken));
}

base::Result<model::OpenedAllocation> change_allocation(Work& work, const model::Award& award,
                                                        const model::Application& application,
                                                        const model::OpenAllocation& command,
                                                        const policy::Pack& pack) {
  DURE_LET(organisation, find_or_make_organisation(work, application.form.applicant));
  DURE_LET(known, find_login(work, command.login.value_or(application.form.login)));
  if (!known) return nothing_to_change(application);
  DURE_LET(holder, account_of(work, application, command, organisation.id, pack));
  DURE_LET(allocation, allocation_to_change(work, holder.account.id, application));
  const auto before = allocation;
  DURE_LET(pool, pool_to_open(work, award.id, command.pool));
  DURE_TRY(adjust(work, allocation, award, pool, pack));
  DURE_TRY(ensure_home(work, allocation, holder.account.id));
  DURE_TRY(activate(work, award, allocation.project_id));
  DURE_LET(project, work.tx.projects().get(allocation.project_id));
  DURE_LET(obligation,
           work.tx.obligations().first(ports::Query{}.where("allocation_id", allocation.id).at_most(1)));
  const auto where = resource_of(allocation);
  const auto name = "allocations/" + allocation.id.text;
  const auto detail = "{\"award\":\"" + award.id.text +
                      "\",\"blocks_before\":" + std::to_string(before.limit.blocks) +
                      ",\"blocks\":" + std::to_string(allocation.limit.blocks) + ",\"ends_on\":\"" +
                      base::to_text(allocation.ends_on) + "\"}";
  DURE_TRY(work.publish("allocation.changed", name, where, detail));
  DURE_TRY(work.audit(kAllocationChanged, name, where, detail, "accounts/" + holder.account.id.text));
  return model::OpenedAllocation{allocation, project, holder.account,
                                 obligation.value_or(model::Obligation{}), ""};
}

}  // namespace

base::Result<model::OpenedAllocation> open_allocation(Work& work, const model::AwardId& id,
                                                      const model::OpenAllocation& command) {
  DURE_LET(award, work.tx.awards().find(id));
  if (!award) return access::not_found();
  auto where = resource_of(*award);
  where.kind = access::ResourceKind::kAllocation;
  DURE_TRY(work.require(access::Permission::kAllocationManage, where));
  DURE_TRY(work.expect(*award));
  DURE_LET(pack, deciding_pack(work, award->programme_id));
  DURE_TRY(check_award_open(*award, pack));
  DURE_TRY(check_no_counter_offer(work, award->id));
  DURE_LET(application, work.tx.applications().get(award->application_id));
  if (application.form.kind == model::ApplicationKind::kChange)
    return change_allocation(work, *award, application, command, pack);
  DURE_LET(organisation, find_or_make_organisation(work, application.form.applicant));
  DURE_LET(holder, account_of(work, application, command, organisation.id, pack));
  DURE_LET(project, project_of_award(work, application, holder.account.id, organisation.id));
  DURE_TRY(
      make_grant(work, holder.account.id, model::Role::kMember, model::ScopeKind::kProject, project.id.text));
  DURE_LET(pool, pool_to_open(work, award->id, command.pool));
  DURE_LET(allocation, make_allocation(work, *award, project, pool, pack));
  DURE_TRY(ensure_home(work, allocation, holder.account.id));
  DURE_LET(obligation, make_obligations(work, allocation, pack));
  DURE_TRY(activate(work, *award, project.id));
  DURE_TRY(fulfil_waiting(work, award->id));
  model::OpenedAllocation opened{allocation, project, holder.account, obligation, holder.temporary_password};
  DURE_TRY(record_opening(work, opened));
  return opened;
}

}  // namespace dure::commands
