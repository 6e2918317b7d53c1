#include "commands/erasure.h"

#include <algorithm>
#include <array>
#include <set>

#include "calendar/zone.h"
#include "commands/accounts.h"
#include "commands/deletion_scene.h"
#include "commands/groups.h"
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

// The projects in which the account of an offboarding works, or did when that began: what is there is theirs.
base::Result<std::set<std::string>> projects_worked_in(Work& work, const model::DeletionJob& job) {
  std::set<std::string> projects;
  if (!job.account_id) return projects;
  DURE_LET(
      grants,
      load_all(
          work.tx.role_grants(),
          ports::Query{}.where("account_id", *job.account_id).where("scope", model::ScopeKind::kProject)));
  const auto then = job.started_at.value_or(work.now);
  for (const auto& each : grants)
    if (!each.ends_at || then <= *each.ends_at) projects.insert(each.scope_id);
  return projects;
}

base::Status add_workloads(Work& work, const model::DeletionJob& job, Items& items) {
  DURE_LET(workloads, load_all(work.tx.workloads(), rows_of(job)));
  DURE_LET(theirs, projects_worked_in(work, job));
  for (const auto& each : workloads)
    if (!theirs.contains(each.project_id.text) && (!each.deleted_at || !each.name.empty()))
      items.push_back(item_of(DeletedKind::kWorkload, each.id.text));
  return {};
}

// The nodes on which the volume has a folder: where a replica of its owner in its project ever was.
base::Result<std::set<std::string>> volume_places(Work& work, const model::Volume& volume) {
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
  DURE_LET(theirs, projects_worked_in(work, job));
  for (const auto& each : volumes) {
    if (each.erased_at || theirs.contains(each.project_id.text)) continue;
    auto item = item_of(DeletedKind::kVolume, each.id.text);  // what its quota was is not what lay in it
    DURE_LET(places, volume_places(work, each));
    if (places.empty()) items.push_back(item);
    for (const auto& place : places) {
      item.place = place;
      items.push_back(item);
    }
  }
  return {};
}

// The accounts that end with the job: those that it is about and that are wanted for nothing else.
base::Result<std::vector<model::Account>> ended_accounts(Work& work, const model::DeletionJob& job) {
  std::vector<model::Account> ended;
  DURE_LET(ids, accounts_of(work, job));
  for (const auto& id : ids) {
    DURE_LET(account, work.tx.accounts().get(id));
    if (!job.account_id) {
      DURE_LET(goes_on, account_goes_on(work, account, job));
      if (goes_on) continue;
    }
    ended.push_back(account);
  }
  return ended;
}

// What an account filed and no project came of.
base::Status add_unopened(Work& work, const model::AccountId& account, std::set<model::ApplicationId>& ids) {
  DURE_LET(filed, load_all(work.tx.applications(), ports::Query{}.where("account_id", account)));
  for (const auto& each : filed) {
    DURE_LET(awards, load_all(work.tx.awards(), ports::Query{}.where("application_id", each.id)));
    if (std::none_of(awards.begin(), awards.end(), [](const auto& award) { return award.project_id; }))
      ids.insert(each.id);
  }
  return {};
}

// The project's own application, those that changed or renewed it, and what the accounts that end with it
// filed in vain.
base::Result<std::set<model::ApplicationId>> applications_of(Work& work, const model::DeletionJob& job,
                                                             const std::vector<model::Account>& ended) {
  std::set<model::ApplicationId> ids;
  for (const auto& each : ended) DURE_TRY(add_unopened(work, each.id, ids));
  if (!job.project_id) return ids;
  DURE_LET(project, work.tx.projects().get(*job.project_id));
  ids.insert(project.application_id);
  DURE_LET(awards, load_all(work.tx.awards(), ports::Query{}.where("project_id", project.id)));
  for (const auto& each : awards) ids.insert(each.application_id);
  return ids;
}

// The texts of a form by which its applicant is known.
template <class Form>
auto personal_texts(Form& form) {
  auto& applicant = form.applicant;
  return std::array{&applicant.name,  &applicant.position, &applicant.unit,   &applicant.advisor,
                    &applicant.email, &applicant.phone,    &applicant.mobile, &applicant.address,
                    &form.login,      &form.public_ip,     &form.signer};
}

bool holds_personal_texts(const model::Application& application) {
  const auto texts = personal_texts(application.form);
  return application.form.answers.has_value() ||
         std::any_of(texts.begin(), texts.end(), [](const auto* each) { return !each->empty(); });
}

base::Status add_applications(Work& work, const model::DeletionJob& job,
                              const std::vector<model::Account>& ended, Items& items) {
  DURE_LET(ids, applications_of(work, job, ended));
  for (const auto& id : ids) {
    DURE_LET(application, work.tx.applications().get(id));
    if (holds_personal_texts(application)) items.push_back(item_of(DeletedKind::kApplication, id.text));
    DURE_LET(documents, load_all(work.tx.documents(),
                                 ports::Query{}.where("application_id", id).where_null("erased_at")));
    for (const auto& each : documents)
      items.push_back(item_of(DeletedKind::kDocument, each.id.text, each.size));
  }
  if (!job.project_id) return {};
  DURE_LET(evidence, load_all(work.tx.evidence_documents(),
                              ports::Query{}.where("project_id", *job.project_id).where_null("erased_at")));
  for (const auto& each : evidence) items.push_back(item_of(DeletedKind::kEvidence, each.id.text, each.size));
  DURE_LET(owed, load_all(work.tx.obligations(), ports::Query{}.where("project_id", *job.project_id)));
  for (const auto& each : owed)
    if (each.report && !each.report->signer.empty())
      items.push_back(item_of(DeletedKind::kReport, each.id.text));
  return {};
}

// Rows of the account in which something personal can still be read, whatever its state.
base::Result<bool> account_readable(Work& work, const model::Account& account) {
  if (account.state != model::AccountState::kDeleted) return true;
  const auto own = ports::Query{}.where("account_id", account.id);
  DURE_LET(sessions, load_all(work.tx.sessions(), own));
  for (const auto& each : sessions)
    if (!each.address.empty()) return true;
  DURE_LET(wishes, load_all(work.tx.notice_preferences(), own));
  for (const auto& each : wishes)
    if (!each.email.empty() || !each.mobile.empty()) return true;
  DURE_LET(told, load_all(work.tx.notifications(), own));
  for (const auto& each : told)
    if (!each.email.empty() || !each.mobile.empty()) return true;
  DURE_LET(questions, load_all(work.tx.questions(), own));
  return std::any_of(questions.begin(), questions.end(), [](const auto& each) {
    return !each.title.empty() || !each.text.empty() || !each.answer.empty();
  });
}

// Of somebody whose other accounts are all deleted.
base::Result<bool> person_left(Work& work, const model::Account& account) {
  if (!account.person_id) return false;
  DURE_LET(person, work.tx.people().get(*account.person_id));
  if (person.name.empty() && person.position.empty() && person.email.empty() && person.phone.empty() &&
      person.mobile.empty())
    return false;
  DURE_LET(others, work.tx.accounts().count(
                       ports::Query{}
                           .where("person_id", person.id)
                           .where("id", account.id, ports::Compare::kNotEqual)
                           .where("state", model::AccountState::kDeleted, ports::Compare::kNotEqual)));
  return others == 0;
}

base::Status add_accounts(Work& work, const std::vector<model::Account>& accounts, Items& items) {
  for (const auto& account : accounts) {
    DURE_LET(person, person_left(work, account));
    if (person) items.push_back(item_of(DeletedKind::kPerson, account.person_id->text));
    DURE_LET(readable, account_readable(work, account));
    if (!readable) continue;
    items.push_back(item_of(DeletedKind::kAccount, account.id.text));
    if (account.state != model::AccountState::kDeleted)
      items.push_back(item_of(DeletedKind::kAccessRecord, account.id.text));
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

// Where messages of the rows went, and where they were to go.
template <class Noun>
base::Status forget_addresses_of(Work& work, ports::Repository<Noun>& rows, ports::Query of) {
  DURE_LET(all, load_all(rows, std::move(of)));
  for (auto& each : all) {
    if (each.email.empty() && each.mobile.empty()) continue;
    each.email.clear();
    each.mobile.clear();
    DURE_TRY(work.save(rows, each));
  }
  return {};
}

// What somebody wrote to a desk, and what he was told.
base::Status forget_questions(Work& work, const model::AccountId& id) {
  DURE_LET(all, load_all(work.tx.questions(), ports::Query{}.where("account_id", id)));
  for (auto& each : all) {
    for (auto* text : {&each.title, &each.text, &each.answer}) text->clear();
    DURE_TRY(work.save(work.tx.questions(), each));
  }
  return {};
}

base::Result<bool> destroy_application(Work& work, const model::ApplicationId& id) {
  DURE_LET(application, work.tx.applications().get(id));
  for (auto* each : personal_texts(application.form)) each->clear();
  application.form.answers.reset();
  DURE_TRY(work.save(work.tx.applications(), application));
  DURE_TRY(forget_addresses_of(work, work.tx.notifications(),
                               ports::Query{}.where("recipient", "applications/" + id.text)));
  DURE_LET(decisions, load_all(work.tx.decisions(), ports::Query{}.where("application_id", id)));
  for (auto& each : decisions) {
    if (each.inputs.empty()) continue;
    each.inputs.clear();
    DURE_TRY(work.save(work.tx.decisions(), each));
  }
  return true;
}

// Who signed it. What came of the use is the programme's, and stays.
base::Result<bool> destroy_signature(Work& work, const model::ObligationId& id) {
  DURE_LET(obligation, work.tx.obligations().get(id));
  if (obligation.report) obligation.report->signer.clear();
  DURE_TRY(work.save(work.tx.obligations(), obligation));
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
  DURE_LET(grants, load_all(work.tx.role_grants(), ports::Query{}.where("account_id", id)));
  for (auto& each : grants) {
    if (!holds_now(each, work.now)) continue;
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
  DURE_TRY(forget_addresses_of(work, work.tx.notice_preferences(), ports::Query{}.where("account_id", id)));
  DURE_TRY(forget_addresses_of(work, work.tx.notifications(), ports::Query{}.where("account_id", id)));
  DURE_TRY(forget_questions(work, id));
  DURE_LET(account, work.tx.accounts().get(id));
  if (account.state == model::AccountState::kDeleted) return true;
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
  DURE_LET(ended, ended_accounts(work, job));
  DURE_TRY(add_applications(work, job, ended, items));
  DURE_TRY(add_accounts(work, ended, items));
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
    case DeletedKind::kReport:
      return destroy_signature(work, model::ObligationId(item.id));
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
