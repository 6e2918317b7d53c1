#include "commands/training.h"

#include <algorithm>

#include "commands/command_texts.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "programme/training.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

base::Result<std::vector<model::TrainingCompletion>> trainings_of(Work& work,
                                                                  const model::ProgrammeId& programme,
                                                                  const model::AccountId& account) {
  return load_all(work.tx.training_completions(),
                  ports::Query{}.where("programme_id", programme).where("account_id", account));
}

// Those who may use what the project has, once each, by account.
base::Result<std::vector<model::AccountId>> users_of(Work& work, const model::ProjectId& project) {
  DURE_LET(grants, load_all(work.tx.role_grants(), ports::Query{}
                                                       .where("role", model::Role::kMember)
                                                       .where("scope", model::ScopeKind::kProject)
                                                       .where("scope_id", project.text)));
  std::vector<model::AccountId> users;
  users.reserve(grants.size());
  for (const auto& grant : grants)
    if (!grant.ends_at || work.now < *grant.ends_at) users.push_back(grant.account_id);
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  return users;
}

model::TrainingOfMember standing_of(const model::AccountId& account, const policy::Award& rules,
                                    const std::vector<model::TrainingCompletion>& done) {
  model::TrainingOfMember member;
  member.account_id = account;
  const auto missing = programme::missing_training(rules, done);
  for (const auto& each : missing) member.missing.push_back(each.id);
  if (rules.training_required)
    for (const auto& each : rules.training)
      if (std::find(member.missing.begin(), member.missing.end(), each.id) == member.missing.end())
        member.done.push_back(each.id);
  member.may_use = missing.empty();
  return member;
}

}  // namespace

base::Result<model::TrainingCompletion> confirm_training(Work& work, const model::AllocationId& id,
                                                         const model::ConfirmTraining& command) {
  DURE_LET(allocation, load_for(work, work.tx.allocations(), id, access::Permission::kTrainingConfirm));
  DURE_TRY(check_command(command));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  DURE_LET(material, programme::material_to_confirm(pack->award, command));
  const auto account_id = work.caller.subject.account_id;
  DURE_LET(done, trainings_of(work, allocation.programme_id, account_id));
  for (const auto& each : done)
    if (each.material == material.id && each.material_version == material.version) return each;
  DURE_LET(account, work.tx.accounts().get(account_id));
  model::TrainingCompletion made;
  work.stamp(made);
  made.programme_id = allocation.programme_id;
  made.project_id = allocation.project_id;
  made.allocation_id = allocation.id;
  made.account_id = account_id;
  made.person_id = account.person_id;
  made.material = material.id;
  made.material_version = material.version;
  made.completed_at = work.now;
  made.policy_hash = pack->hash();
  DURE_TRY(work.tx.training_completions().insert(made));
  const std::string name = "training-completions/" + made.id.text;
  const std::string detail = "{\"material\":" + wire::json_text(made.material) +
                             ",\"material_version\":" + wire::json_text(made.material_version) + "}";
  DURE_TRY(work.publish("training.confirmed", name, resource_of(made), detail));
  DURE_TRY(work.audit("training.confirm", name, resource_of(made), detail, "accounts/" + account_id.text));
  return made;
}

base::Result<model::TrainingStatus> training_status(Work& work, const model::AllocationId& id) {
  DURE_LET(allocation, read_row(work, work.tx.allocations(), id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  model::TrainingStatus status;
  status.required = pack->award.training_required;
  if (status.required)
    for (const auto& each : pack->award.training) status.material.push_back(programme::to_model(each));
  DURE_LET(users, users_of(work, allocation.project_id));
  for (const auto& account : users) {
    DURE_LET(done, trainings_of(work, allocation.programme_id, account));
    status.members.push_back(standing_of(account, pack->award, done));
  }
  return status;
}

base::Result<programme::StepsBeforeUse> steps_before_use(Work& work, const model::Allocation& allocation,
                                                         const policy::Pack& pack) {
  programme::StepsBeforeUse before;
  const bool begun = allocation.state != model::AllocationState::kPlanned &&
                     allocation.state != model::AllocationState::kSetupGrace;
  if (begun) return before;
  const auto& steps = pack.award.steps;
  const auto wants = [&](policy::AwardStep step) {
    return std::find(steps.begin(), steps.end(), step) != steps.end();
  };
  if (wants(policy::AwardStep::kSetup)) before.setup_days = pack.award.setup_grace_days;
  if (!wants(policy::AwardStep::kTraining) || !pack.award.training_required) return before;
  before.training_missing = true;
  DURE_LET(users, users_of(work, allocation.project_id));
  for (const auto& account : users) {
    DURE_LET(done, trainings_of(work, allocation.programme_id, account));
    if (programme::missing_training(pack.award, done).empty()) before.training_missing = false;
  }
  return before;
}

base::Status check_trained(Work& work, const model::ProgrammeId& programme, const model::AccountId& account,
                           const policy::Pack& pack) {
  if (!pack.award.training_required) return {};
  DURE_LET(done, trainings_of(work, programme, account));
  return programme::check_training(pack.award, done);
}

}  // namespace dure::commands
