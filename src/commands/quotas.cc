#include "commands/quotas.h"

#include "commands/reads.h"
#include "commands/row_work.h"
#include "model/ranges.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

access::Resource all_quotas() {
  return {.kind = access::ResourceKind::kQuota};
}

base::Status check_quota(Work& work, const model::QuotaId& id, const model::SetQuota& command) {
  DURE_TRY(model::check_ranges(command));
  if (command.ground.empty()) return refused("/ground", base::Reason("quota.ground_missing"));
  if (!command.runs && !command.blocks && !command.card_memory && !command.cpu_milli && !command.memory &&
      !command.weight)
    return refused("", base::Reason("quota.empty"));
  if (command.valid_from && command.valid_until && *command.valid_until <= *command.valid_from)
    return refused("/valid_until", base::Reason("quota.period"));
  DURE_LET(name, subject_name(work, command.scope, id.text));
  if (name) return {};
  return base::error(base::ErrorKind::kNotFound, base::Reason("quota.subject_unknown")
                                                     .with("scope", std::string(to_text(command.scope)))
                                                     .with("id", id.text));
}

model::Quota with(model::Quota row, const model::SetQuota& command) {
  row.scope = command.scope;
  row.runs = command.runs;
  row.blocks = command.blocks;
  row.card_memory = command.card_memory;
  row.cpu_milli = command.cpu_milli;
  row.memory = command.memory;
  row.weight = command.weight;
  row.ground = command.ground;
  row.valid_from = command.valid_from;
  row.valid_until = command.valid_until;
  return row;
}

base::Status record_quota(Work& work, const std::string& event, const std::string& action,
                          const model::QuotaId& id, const std::string& detail) {
  const std::string name = "quotas/" + id.text;
  DURE_TRY(work.publish(event, name, all_quotas()));
  return work.audit(action, name, all_quotas(), detail);
}

std::string was_and_is(const std::optional<model::Quota>& was, const std::optional<model::Quota>& is) {
  const auto text = [](const auto& quota) { return quota ? wire::json_text(*quota) : std::string("null"); };
  return "{\"was\":" + text(was) + ",\"is\":" + text(is) + "}";
}

base::Result<std::optional<model::Quota>> quota_at(Work& work, const std::string& id) {
  DURE_LET(found, work.tx.quotas().find(model::QuotaId(id)));
  return found && in_force(*found, work.now) ? found : std::nullopt;
}

}  // namespace

base::Result<std::optional<std::string>> subject_name(Work& work, model::QuotaScope scope,
                                                      const std::string& id) {
  const auto named = [](const auto& found, auto member) {
    return found ? std::optional((*found).*member) : std::nullopt;
  };
  switch (scope) {
    case model::QuotaScope::kOrganisation: {
      DURE_LET(found, work.tx.organisations().find(model::OrganisationId(id)));
      return named(found, &model::Organisation::name);
    }
    case model::QuotaScope::kProject: {
      DURE_LET(found, work.tx.projects().find(model::ProjectId(id)));
      return named(found, &model::Project::name);
    }
    case model::QuotaScope::kAccount: {
      DURE_LET(found, work.tx.accounts().find(model::AccountId(id)));
      return named(found, &model::Account::login);
    }
  }
  return std::optional<std::string>{};
}

bool in_force(const model::Quota& quota, base::Instant at) {
  return (!quota.valid_from || *quota.valid_from <= at) && (!quota.valid_until || at < *quota.valid_until);
}

queue::Ceiling ceiling_of(const model::Quota& quota) {
  queue::Ceiling ceiling;
  ceiling.runs = quota.runs;
  if (quota.blocks) ceiling.gpu = base::MilliGpu::blocks(*quota.blocks);
  ceiling.card_memory = quota.card_memory;
  ceiling.cpu_milli = quota.cpu_milli;
  ceiling.memory = quota.memory;
  return ceiling;
}

base::Result<QuotasOf> quotas_of(Work& work, const model::AccountId& account, const model::ProjectId& project,
                                 const model::OrganisationId& organisation) {
  DURE_LET(of_account, quota_at(work, account.text));
  DURE_LET(of_project, quota_at(work, project.text));
  DURE_LET(of_organisation, quota_at(work, organisation.text));
  return QuotasOf{of_account, of_project, of_organisation};
}

base::Result<model::Quota> set_quota(Work& work, const model::QuotaId& id, const model::SetQuota& command) {
  DURE_TRY(work.require(access::Permission::kQuotaManage, all_quotas()));
  DURE_LET(was, work.tx.quotas().find(id));
  if (was) DURE_TRY(work.expect(*was));
  DURE_TRY(check_quota(work, id, command));
  model::Quota quota = with(was.value_or(model::Quota{}), command);
  if (was && wire::json_text(*was) == wire::json_text(quota)) return quota;
  if (was) {
    DURE_TRY(work.save(work.tx.quotas(), quota));
  } else {
    quota.id = id;
    work.stamp_times(quota);
    DURE_TRY(work.tx.quotas().insert(quota));
  }
  DURE_TRY(record_quota(work, "quota.set", "quotas.set", id, was_and_is(was, quota)));
  return quota;
}

base::Result<model::Quota> remove_quota(Work& work, const model::QuotaId& id) {
  DURE_LET(quota, load_for(work, work.tx.quotas(), id, access::Permission::kQuotaManage));
  DURE_TRY(work.tx.quotas().remove(id));
  DURE_TRY(record_quota(work, "quota.removed", "quotas.remove", id, was_and_is(quota, std::nullopt)));
  return quota;
}

}  // namespace dure::commands
