#include "commands/notice_recipients.h"

#include <algorithm>

#include "commands/rows.h"
#include "model/capacity.h"
#include "programme/award.h"

namespace dure::commands {
namespace {

using Recipients = std::vector<NoticeRecipient>;

// What becomes of an account that nobody uses any more is not told to it.
bool may_be_told(const model::Account& account) {
  return account.state != model::AccountState::kDisabled && account.state != model::AccountState::kDeleted;
}

bool grant_holds(const model::RoleGrant& grant, base::Instant now) {
  return !grant.ends_at || now < *grant.ends_at;
}

bool is_in_use(model::AllocationState state) {
  using State = model::AllocationState;
  return state == State::kProvisioning || state == State::kSetupGrace || state == State::kActive ||
         state == State::kSuspended || state == State::kEnding;
}

void add_recipient(Recipients& into, NoticeRecipient recipient) {
  const bool known =
      std::any_of(into.begin(), into.end(), [&](const auto& each) { return each.name == recipient.name; });
  if (!known) into.push_back(std::move(recipient));
}

// The supplier of the row, "" where it is no row of a supplier's.
template <class Noun>
base::Result<std::string> supplier_of(ports::Repository<Noun>& rows, const std::string& id) {
  DURE_LET(row, rows.find(base::Id<Noun>(id)));
  return row ? row->supplier_id.text : std::string();
}

base::Result<std::string> supplier_in(ports::Transaction& tx, const std::string& resource) {
  if (const auto id = id_in(resource, "suppliers"); !id.empty()) return id;
  if (const auto id = id_in(resource, "supplier-proposals"); !id.empty())
    return supplier_of(tx.supplier_proposals(), id);
  if (const auto id = id_in(resource, "supply-agreements"); !id.empty())
    return supplier_of(tx.supply_agreements(), id);
  const auto batch_id = id_in(resource, "capacity-batches");
  if (batch_id.empty()) return std::string();
  DURE_LET(batch, tx.capacity_batches().find(model::CapacityBatchId(batch_id)));
  if (!batch || !batch->supply_agreement_id) return std::string();
  return supplier_of(tx.supply_agreements(), batch->supply_agreement_id->text);
}

// The stop that the happening is about; of a window that is planned, the one that it will be.
base::Result<std::optional<model::Outage>> stop_of(ports::Transaction& tx, const std::string& resource) {
  if (const auto id = id_in(resource, "outages"); !id.empty()) return tx.outages().find(model::OutageId(id));
  const auto id = id_in(resource, "maintenance-windows");
  if (id.empty()) return std::optional<model::Outage>();
  DURE_LET(window, tx.maintenance_windows().find(model::MaintenanceWindowId(id)));
  if (!window) return std::optional<model::Outage>();
  model::Outage planned;
  planned.node_ids = {window->node_id.text};
  return std::optional<model::Outage>(std::move(planned));
}

// Who has filed or drafted, and was neither refused nor given anything.
bool is_undecided(model::ApplicationState state) {
  using State = model::ApplicationState;
  return state == State::kDraft || state == State::kSubmitted || state == State::kReturned ||
         state == State::kEligible;
}

bool has_contact(const model::Application& row, const std::string& part) {
  return row.form.answers && row.form.answers->contains(part + "_contact");
}

}  // namespace

base::Result<Recipients> NoticeRecipients::find(const std::string& word) {
  if (const auto known = known_.find(word); known != known_.end()) return known->second;
  DURE_LET(found, look_up(word));
  return known_[word] = std::move(found);
}

NoticeRecipients::Found NoticeRecipients::look_up(const std::string& word) {
  if (word == "applicant") return applicants();
  if (word == "leader" || word == "developer") return contacts(word);
  if (word == "member") return members();
  if (word == "user") return users();
  if (word == "operator") return holders(model::Role::kOperator);
  if (word == "reviewer") return holders(model::Role::kReviewer);
  if (word == "auditor") return holders(model::Role::kAuditor);
  if (word == "supplier") return suppliers();
  return Recipients();
}

base::Result<std::vector<model::Allocation>> NoticeRecipients::in_use() {
  DURE_LET(all, load_all(work_.tx.allocations(), ports::Query{}.where("programme_id", programme_id_)));
  std::erase_if(all, [](const auto& each) { return !is_in_use(each.state); });
  DURE_TRY(keep_touched(all));
  return std::move(all);
}

// Of a stop of some nodes only the allocations whose pool has one of them.
base::Status NoticeRecipients::keep_touched(std::vector<model::Allocation>& allocations) {
  DURE_LET(stop, stop_of(work_.tx, happening_.resource));
  if (!stop || stop->node_ids.empty()) return {};
  DURE_LET(nodes, load_all(work_.tx.nodes(), {}));
  std::map<std::string, std::vector<std::string>> of_pool;  // "": of any pool
  for (const auto& node : nodes) {
    of_pool[""].push_back(node.id.text);
    if (!node.pool.empty()) of_pool[node.pool].push_back(node.id.text);
  }
  std::erase_if(allocations, [&](const auto& each) { return !programme::stops(*stop, of_pool[each.pool]); });
  return {};
}

// "" where it is about none.
base::Result<std::string> NoticeRecipients::application() {
  if (!happening_.application_id.empty()) return happening_.application_id;
  if (const auto id = id_in(happening_.resource, "applications"); !id.empty()) return id;
  if (happening_.project_id.empty()) return std::string();
  DURE_LET(project, work_.tx.projects().find(model::ProjectId(happening_.project_id)));
  return project ? project->application_id.text : std::string();
}

NoticeRecipients::Found NoticeRecipients::applicants() {
  Recipients found;
  DURE_LET(one, application());
  if (!one.empty()) {
    DURE_TRY(add_applicant(one, "", found));
    return found;
  }
  if (const auto call = id_in(happening_.resource, "calls"); !call.empty()) {
    DURE_TRY(add_filers(call, "", found));
    return found;
  }
  if (!happening_.project_id.empty() || !happening_.account_id.empty() || programme_id_.empty()) return found;
  DURE_LET(allocations, in_use());
  for (const auto& allocation : allocations) {
    DURE_LET(project, work_.tx.projects().find(allocation.project_id));
    if (project) DURE_TRY(add_applicant(project->application_id.text, allocation.id.text, found));
  }
  return found;
}

// `part`: the contact of that name of each, where he has one; "" for who filed.
base::Status NoticeRecipients::add_filers(const std::string& call, const std::string& part,
                                          Recipients& into) {
  DURE_LET(rows, load_all(work_.tx.applications(), ports::Query{}.where("call_id", call)));
  for (const auto& row : rows) {
    if (!is_undecided(row.state)) continue;
    if (!part.empty() && has_contact(row, part))
      add_recipient(into, {"applications/" + row.id.text + "/" + part, "", row.receipt_number, ""});
    else
      DURE_TRY(add_applicant(row.id.text, "", into));
  }
  return {};
}

base::Status NoticeRecipients::add_applicant(const std::string& id, const std::string& allocation,
                                             Recipients& into) {
  DURE_LET(application, work_.tx.applications().find(model::ApplicationId(id)));
  if (!application) return {};
  if (application->account_id) return add_account(application->account_id->text, allocation, into);
  // Who was given an account for the project is told there; the form's address only serves until then.
  DURE_LET(project, work_.tx.projects().first(ports::Query{}.where("application_id", id).at_most(1)));
  if (project) {
    const auto before = into.size();
    DURE_TRY(add_members(project->id.text, allocation, into));
    if (into.size() > before) return {};
  }
  add_recipient(into, {"applications/" + id, "", application->receipt_number, allocation});
  return {};
}

NoticeRecipients::Found NoticeRecipients::contacts(const std::string& part) {
  if (const auto call = id_in(happening_.resource, "calls"); !call.empty()) {
    Recipients found;
    DURE_TRY(add_filers(call, part, found));
    return found;
  }
  DURE_LET(one, application());
  if (one.empty()) return applicants();
  DURE_LET(row, work_.tx.applications().find(model::ApplicationId(one)));
  if (!row || !has_contact(*row, part)) return applicants();
  return Recipients{{"applications/" + one + "/" + part, "", row->receipt_number, ""}};
}

NoticeRecipients::Found NoticeRecipients::members() {
  Recipients found;
  if (!happening_.account_id.empty()) {
    DURE_TRY(add_account(happening_.account_id, "", found));
    return found;
  }
  if (!happening_.project_id.empty()) {
    DURE_TRY(add_members(happening_.project_id, "", found));
    return found;
  }
  if (!happening_.application_id.empty() || programme_id_.empty()) return found;
  DURE_LET(allocations, in_use());
  for (const auto& allocation : allocations)
    DURE_TRY(add_members(allocation.project_id.text, allocation.id.text, found));
  return found;
}

base::Status NoticeRecipients::add_members(const std::string& project, const std::string& allocation,
                                           Recipients& into) {
  DURE_LET(grants, load_all(work_.tx.role_grants(), ports::Query{}
                                                        .where("role", model::Role::kMember)
                                                        .where("scope", model::ScopeKind::kProject)
                                                        .where("scope_id", project)));
  for (const auto& grant : grants)
    if (grant_holds(grant, work_.now)) DURE_TRY(add_account(grant.account_id.text, allocation, into));
  return {};
}

base::Status NoticeRecipients::add_account(const std::string& id, const std::string& allocation,
                                           Recipients& into) {
  DURE_LET(account, work_.tx.accounts().find(model::AccountId(id)));
  if (account && may_be_told(*account))
    add_recipient(into, {"accounts/" + id, id, account->login, allocation});
  return {};
}

NoticeRecipients::Found NoticeRecipients::users() {
  Recipients found;
  if (programme_id_.empty()) return found;
  DURE_LET(accounts, load_all(work_.tx.accounts(), ports::Query{}.where("programme_id", programme_id_)));
  for (const auto& account : accounts)
    if (may_be_told(account))
      add_recipient(found, {"accounts/" + account.id.text, account.id.text, account.login, ""});
  return found;
}

NoticeRecipients::Found NoticeRecipients::holders(model::Role role) {
  DURE_LET(grants, load_all(work_.tx.role_grants(), ports::Query{}.where("role", role)));
  Recipients found;
  for (const auto& grant : grants) {
    const bool here = grant.scope == model::ScopeKind::kCentre ||
                      (grant.scope == model::ScopeKind::kProgramme && is_of_a_programme(happening_) &&
                       !programme_id_.empty() && grant.scope_id == programme_id_);
    if (here && grant_holds(grant, work_.now)) DURE_TRY(add_account(grant.account_id.text, "", found));
  }
  return found;
}

NoticeRecipients::Found NoticeRecipients::suppliers() {
  DURE_LET(id, supplier_in(work_.tx, happening_.resource));
  if (id.empty()) return Recipients();
  DURE_LET(row, work_.tx.suppliers().find(model::SupplierId(id)));
  if (!row) return Recipients();
  return Recipients{{"suppliers/" + id, "", row->name, ""}};
}

}  // namespace dure::commands
