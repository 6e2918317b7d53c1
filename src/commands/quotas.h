// Quotas that an operator sets (docs/decisions/0032-…).
//
// The row is named by the id of its subject: an organisation, a project or an account. A limit of an account
// is beside the ceiling of its programme (F14), and the tighter one holds; of a project or an organisation it
// stands in place of the policy's default for that dimension.
#pragma once

#include <optional>
#include <string>

#include "commands/work.h"
#include "model/quota.h"
#include "queue/rules.h"

namespace dure::commands {

// Writes the whole of the row; one that says so already is left as it is. Permission: quotas.manage. Fails
// with "quota.ground_missing", "quota.empty", "quota.period", "quota.subject_unknown"; "number.out_of_range".
base::Result<model::Quota> set_quota(Work& work, const model::QuotaId& id, const model::SetQuota& command);
// Gives the row as it was. Permission: quotas.manage.
base::Result<model::Quota> remove_quota(Work& work, const model::QuotaId& id);

// The name of the organisation or project, the login of the account; nothing where there is none with that
// id.
base::Result<std::optional<std::string>> subject_name(Work& work, model::QuotaScope scope,
                                                      const std::string& id);

// True where the quota's dates include the instant.
bool in_force(const model::Quota& quota, base::Instant at);
queue::Ceiling ceiling_of(const model::Quota& quota);

// What quotas in force say for somebody's runs: of his account, his project and its organisation.
struct QuotasOf {
  std::optional<model::Quota> account;
  std::optional<model::Quota> project;
  std::optional<model::Quota> organisation;
};
base::Result<QuotasOf> quotas_of(Work& work, const model::AccountId& account, const model::ProjectId& project,
                                 const model::OrganisationId& organisation);

}  // namespace dure::commands
