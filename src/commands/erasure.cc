#include "commands/erasure.h"

#include <algorithm>
#include <set>

#include "calendar/zone.h"
#include "commands/accounts.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "programme/award.h"

namespace dure::commands {
namespace {

using Items = std::vector<model::DeletionItem>;
using model::DeletedKind;
using model::DeletionItemState;

model::DeletionItem item_of(DeletedKind kind, const std::string& id, base::Bytes size = {}) {
  model::DeletionItem item;
  item.kind = kind;
  item.id = id;
  item.size = size;
  return item;
}

// The rows of the job's project, or of its account.
ports::Query rows_of(const model::DeletionJob& job) {
  if (job.project_id) return ports::Query{}.where("project_id", *job.project_id);
  return ports::Query{}.where("account_id", *job.account_id);
}

base::Status add_workloads(Work& work, const model::DeletionJob& job, Items& items) {
  DURE_LET(workloads, load_all(work.tx.workloads(), rows_of(job)));
  for (const auto& each : workloads)
    if (!each.deleted_at || !each.name.empty())
      items.push_back(item_of(DeletedKind::kWorkload, each.id.text));
  return {};
}

// The nodes on which the volume has a folder: where a replica of its owner in its project ever was.
base::Result<std::set<std::string>> places_of(Work& work, const model::Volume& volume) {
  std::set<std::string> places;
  DURE_LET(
      replicas,
      load_all(work.tx.replicas(),
               ports::Query{}.where("account_id", volume.account_id).where("project_id", volume.project_id)));
  for (const auto& each : replicas) places.insert(each.node_id.text);
  return places;
}

base::Status add_volumes(Work& work, const model::DeletionJob& job, Items& items) {
  DURE_LET(volumes, load_all(work.tx.volumes(), rows_of(job)));
  for (const auto& each : volumes) {
    if (each.erased_at) continue;
    auto item = item_of(DeletedKind::kVolume, each.id.text, each.quota);
    DURE_LET(places, places_of(work, each));
    if (places.empty()) items.push_back(item);
    for (const auto& place : places) {
      item.place = place;
      items.push_back(item);
    }
  }
  return {};
}

// The project's own application and those that changed or renewed it; of an account those that it filed.
base::Result<std::set<model::ApplicationId>> applications_of(Work& work, const model::DeletionJob& job) {
  std::set<model::ApplicationId> ids;
  if (!job.project_id) return ids;
  DURE_LET(project, work.tx.projects().get(*job.project_id));
  ids.insert(project.application_id);
  DURE_LET(awards, load_all(work.tx.awards(), ports::Query{}.where("project_id", project.id)));
  for (const auto& each : awards) ids.insert(each.application_id);
  return ids;
}

bool readable(const model::Application& application) {
  const auto& form = application.form;
  return !form.applicant.name.empty() || !form.applicant.email.empty() || !form.applicant.phone.empty() ||
         !form.applicant.mobile.empty() || !form.public_ip.empty() || !form.signer.empty() ||
         !form.login.empty() || form.answers.has_value();
}

base::Status add_applications(Work& work, const model::DeletionJob& job, Items& items) {
  DURE_LET(ids, applications_of(work, job));
  for (const auto& id : ids) {
    DURE_LET(application, work.tx.applications().get(id));
    if (readable(application)) items.push_back(item_of(DeletedKind::kApplication, id.text));
    DURE_LET(documents, load_all(work.tx.documents(),
                                 ports::Query{}.where("application_id", id).where_null("erased_at")));
    for (const auto& each : documents)
      items.push_back(item_of(DeletedKind::kDocument, each.id.text, each.size));
  }
  if (!job.project_id) return {};
  DURE_LET(evidence, load_all(work.tx.evidence_documents(),
                              ports::Query{}.where("project_id", *job.project_id).where_null("erased_at")));
  for (const auto& each : evidence) items.push_back(item_of(DeletedKind::kEvidence, each.id.text, each.size));
  return {};
}

// Whether another project of the account, or it itself for the centre, is still wanted.
base::Result<bool> account_goes_on(Work& work, const model::Account& account,
                                   const std::optional<model::ProjectId>& but) {
  if (is_staff(account)) return true;
  DURE_LET(grants, load_all(work.tx.role_grants(),
                            ports::Query{}.where("account_id", account.id).where_null("ends_at")));
  for (const auto& grant : grants) {
    if (grant.role == model::Role::kApplicant) continue;
    if (grant.role != model::Role::kMember || grant.scope != model::ScopeKind::kProject) return true;
    if (but && grant.scope_id == but->text) continue;
    DURE_LET(allocations,
             load_all(work.tx.allocations(), ports::Query{}.where("project_id", grant.scope_id)));
    if (std::any_of(allocations.begin(), allocations.end(),
                    [](const auto& each) { return each.state != model::AllocationState::kPurged; }))
      return true;
  }
  return false;
}

// Those who ever worked in the project.
base::Result<std::set<model::AccountId>> accounts_of(Work& work, const model::DeletionJob& job) {
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

base::Status add_accounts(Work& work, const model::DeletionJob& job, Items& items) {
  DURE_LET(ids, accounts_of(work, job));
  for (const auto& id : ids) {
    DURE_LET(account, work.tx.accounts().get(id));
    if (account.state == model::AccountState::kDeleted) continue;
    DURE_LET(goes_on, account_goes_on(work, account, job.project_id));
    if (goes_on && !job.account_id) continue;
    if (account.person_id) items.push_back(item_of(DeletedKind::kPerson, account.person_id->text));
    items.push_back(item_of(DeletedKind::kAccount, id.text));
    items.push_back(item_of(DeletedKind::kAccessRecord, id.text));
  }
  return {};
}

base::Result<bool> destroy_workload(Work& work, const model::WorkloadId& id) {
  DURE_LET(workload, work.tx.workloads().get(id));
  if (workload.run_id) {
    DURE_LET(run, work.tx.runs().get(*workload.run_id));
    if (run.state != model::RunState::kEnded) return false;
  }
  DURE_LET(revisions, load_all(work.tx.revisions(), ports::Query{}.where("workload_id", id)));
  for (auto& each : revisions) {
    each.spec.command.clear();
    each.spec.environment.clear();
    DURE_TRY(work.save(work.tx.revisions(), each));
  }
  workload.name.clear();
  workload.desired = model::Desired::kStopped;
  if (!workload.deleted_at) workload.deleted_at = work.now;
  DURE_TRY(work.save(work.tx.workloads(), workload));
  return true;
}

base::Result<bool> anything_runs(Work& work, const model::Volume& volume) {
  DURE_LET(open, work.tx.replicas().count(
                     ports::Query{}
                         .where("account_id", volume.account_id)
                         .where("project_id", volume.project_id)
                         .where("state", model::ReplicaState::kEnded, ports::Compare::kNotEqual)));
  return open > 0;
}

// Asks the node for it; one that lies nowhere is gone with its row's mark.
base::Result<bool> destroy_volume(Work& work, const model::DeletionItem& item) {
  DURE_LET(volume, work.tx.volumes().get(model::VolumeId(item.id)));
  if (volume.erased_at) return true;
  DURE_LET(runs, anything_runs(work, volume));
  if (runs) return false;
  if (!volume.erase_at) volume.erase_at = work.now;
  if (item.place.empty()) volume.erased_at = work.now;
  DURE_TRY(work.save(work.tx.volumes(), volume));
  return volume.erased_at.has_value();
}

// The key goes: what is left of the file anywhere cannot be read. The file itself is collected later.
template <class Noun>
base::Result<bool> destroy_file(Work& work, ports::Repository<Noun>& rows, const base::Id<Noun>& id) {
  DURE_LET(document, rows.get(id));
  document.blob_key.clear();
  document.file_name.clear();
  if (!document.erased_at) document.erased_at = work.now;
  DURE_TRY(work.save(rows, document));
  return true;
}

base::Result<bool> destroy_application(Work& work, const model::ApplicationId& id) {
  DURE_LET(application, work.tx.applications().get(id));
  auto& applicant = application.form.applicant;
  for (auto* each : {&applicant.name, &applicant.position, &applicant.unit, &applicant.advisor,
                     &applicant.email, &applicant.phone, &applicant.mobile, &applicant.address,
                     &application.form.login, &application.form.public_ip, &application.form.signer})
    each->clear();
  application.form.answers.reset();
  DURE_TRY(work.save(work.tx.applications(), application));
  DURE_LET(decisions, load_all(work.tx.decisions(), ports::Query{}.where("application_id", id)));
  for (auto& each : decisions) {
    if (each.inputs.empty()) continue;
    each.inputs.clear();
    DURE_TRY(work.save(work.tx.decisions(), each));
  }
  return true;
}

base::Result<bool> destroy_person(Work& work, const model::PersonId& id) {
  DURE_LET(person, work.tx.people().get(id));
  for (auto* each : {&person.name, &person.position, &person.email, &person.phone, &person.mobile})
    each->clear();
  DURE_TRY(work.save(work.tx.people(), person));
  return true;
}

base::Status end_grants_of(Work& work, const model::AccountId& id) {
  DURE_LET(grants,
           load_all(work.tx.role_grants(), ports::Query{}.where("account_id", id).where_null("ends_at")));
  for (auto& each : grants) {
    each.ends_at = work.now;
    DURE_TRY(work.save(work.tx.role_grants(), each));
  }
  DURE_LET(sessions, load_all(work.tx.sessions(), ports::Query{}.where("account_id", id)));
  for (auto& each : sessions) {
    each.address.clear();
    DURE_TRY(work.save(work.tx.sessions(), each));
  }
  return {};
}

base::Result<bool> destroy_account(Work& work, const model::AccountId& id) {
  DURE_LET(ended, end_sessions_of(work, id));
  static_cast<void>(ended);
  DURE_TRY(revoke_tokens_of(work, id));
  DURE_TRY(end_grants_of(work, id));
  DURE_LET(account, work.tx.accounts().get(id));
  account.state = model::AccountState::kDeleted;
  account.login = "deleted-" + std::to_string(account.uid);  // what it was is personal; uids stay its own
  account.password_hash.clear();
  account.former_password_hashes.clear();
  account.allowed_addresses.clear();
  DURE_TRY(work.save(work.tx.accounts(), account));
  const auto name = "accounts/" + id.text;
  DURE_TRY(work.publish("account.deleted", name, resource_of(account)));
  DURE_TRY(work.audit("accounts.delete", name, resource_of(account), "{}", name));
  return true;
}

base::Result<std::vector<model::DeletionJob>> running_jobs(Work& work) {
  return load_all(work.tx.deletion_jobs(), ports::Query{}.where("state", model::DeletionJobState::kRunning));
}

bool waits_for(const model::DeletionItem& item, const model::NodeId& node) {
  return item.kind == DeletedKind::kVolume && item.state == DeletionItemState::kPending &&
         item.place == node.text;
}

// Once no node has it any more, the volume is gone.
base::Status close_volume(Work& work, const Items& items, const std::string& id) {
  if (std::any_of(items.begin(), items.end(), [&](const auto& each) {
        return each.kind == DeletedKind::kVolume && each.id == id &&
               each.state == DeletionItemState::kPending;
      }))
    return {};
  DURE_LET(volume, work.tx.volumes().get(model::VolumeId(id)));
  if (volume.erased_at) return {};
  volume.erased_at = work.now;
  return work.save(work.tx.volumes(), volume);
}

}  // namespace

base::Result<std::vector<model::DeletionItem>> list_left(Work& work, const model::DeletionJob& job) {
  Items items;
  DURE_TRY(add_workloads(work, job, items));
  DURE_TRY(add_volumes(work, job, items));
  DURE_TRY(add_applications(work, job, items));
  DURE_TRY(add_accounts(work, job, items));
  return items;
}

base::Result<bool> destroy(Work& work, const model::DeletionItem& item) {
  switch (item.kind) {
    case DeletedKind::kWorkload:
      return destroy_workload(work, model::WorkloadId(item.id));
    case DeletedKind::kVolume:
      return destroy_volume(work, item);
    case DeletedKind::kApplication:
      return destroy_application(work, model::ApplicationId(item.id));
    case DeletedKind::kDocument:
      return destroy_file(work, work.tx.documents(), model::DocumentId(item.id));
    case DeletedKind::kEvidence:
      return destroy_file(work, work.tx.evidence_documents(), model::EvidenceDocumentId(item.id));
    case DeletedKind::kPerson:
      return destroy_person(work, model::PersonId(item.id));
    case DeletedKind::kAccount:
      return destroy_account(work, model::AccountId(item.id));
    case DeletedKind::kAccessRecord:
      break;
  }
  return false;
}

base::Status note_erased(Work& work, const model::NodeId& node, const std::vector<std::string>& volumes) {
  if (volumes.empty()) return {};
  const std::set<std::string> gone(volumes.begin(), volumes.end());
  DURE_LET(jobs, running_jobs(work));
  for (auto& job : jobs) {
    std::set<std::string> touched;
    for (auto& item : job.items) {
      if (!waits_for(item, node) || !gone.contains(item.id)) continue;
      DURE_LET(volume, work.tx.volumes().get(model::VolumeId(item.id)));
      if (!volume.erase_at) continue;  // it was not asked for
      item.state = DeletionItemState::kDestroyed;
      item.done_at = work.now;
      touched.insert(item.id);
    }
    if (touched.empty()) continue;
    DURE_TRY(work.save(work.tx.deletion_jobs(), job));
    for (const auto& id : touched) DURE_TRY(close_volume(work, job.items, id));
  }
  return {};
}

base::Result<std::vector<std::string>> volumes_to_erase(Work& work, const model::NodeId& node) {
  std::vector<std::string> ids;
  DURE_LET(jobs, running_jobs(work));
  for (const auto& job : jobs)
    for (const auto& item : job.items) {
      if (!waits_for(item, node)) continue;
      DURE_LET(volume, work.tx.volumes().get(model::VolumeId(item.id)));
      if (volume.erase_at) ids.push_back(item.id);
    }
  return ids;
}

base::Result<bool> erased_any(Work& work, const model::NodeId& node,
                              const std::vector<std::string>& volumes) {
  if (volumes.empty()) return false;
  DURE_LET(wanted, volumes_to_erase(work, node));
  return std::any_of(volumes.begin(), volumes.end(), [&](const auto& each) {
    return std::find(wanted.begin(), wanted.end(), each) != wanted.end();
  });
}

}  // namespace dure::commands
