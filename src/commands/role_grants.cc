#include "commands/role_grants.h"

#include <algorithm>

#include "access/permission.h"
#include "commands/reads.h"

namespace dure::commands {

base::Result<bool> holds_role(Work& work, const model::AccountId& account, model::Role role,
                              model::ScopeKind scope, const std::string& scope_id) {
  DURE_LET(grants, grants_of(work.tx, account));
  return std::any_of(grants.begin(), grants.end(), [&](const model::RoleGrant& grant) {
    return grant.role == role && grant.scope == scope && grant.scope_id == scope_id &&
           (!grant.ends_at || *grant.ends_at > work.now);
  });
}

base::Status make_grant(Work& work, const model::AccountId& account, model::Role role, model::ScopeKind scope,
                        const std::string& scope_id) {
  DURE_LET(held, holds_role(work, account, role, scope, scope_id));
  if (held) return {};
  model::RoleGrant grant;
  work.stamp(grant);
  grant.account_id = account;
  grant.role = role;
  grant.scope = scope;
  grant.scope_id = scope_id;
  grant.granted_by = work.caller.subject.actor;
  return work.tx.role_grants().insert(grant);
}

base::Result<model::RoleGrant> create_grant(Work& work, const model::CreateGrant& command) {
  DURE_LET(account, work.tx.accounts().find(command.account_id));
  if (!account) return access::not_found();
  access::Resource where{.kind = access::ResourceKind::kRoleGrant, .account_id = account->id.text};
  if (command.scope == model::ScopeKind::kProject) where.project_id = command.scope_id;
  if (command.scope == model::ScopeKind::kProgramme) where.programme_id = command.scope_id;
  DURE_TRY(work.require(access::Permission::kRoleGrantManage, where));
  model::RoleGrant grant;
  work.stamp(grant);
  grant.account_id = account->id;
  grant.role = command.role;
  grant.scope = command.scope;
  grant.scope_id = command.scope == model::ScopeKind::kCentre ? "" : command.scope_id;
  grant.granted_by = work.caller.subject.actor;
  grant.ends_at = command.ends_at;
  DURE_LET(held, holds_role(work, grant.account_id, grant.role, grant.scope, grant.scope_id));
  if (held)
    return base::error(
        base::ErrorKind::kConflict,
        base::Reason("account.role_held").with("role", std::string(model::to_text(grant.role))));
  DURE_TRY(work.tx.role_grants().insert(grant));
  DURE_TRY(work.audit("role_grants.create", "role-grants/" + grant.id.text, where,
                      "{\"role\":\"" + std::string(model::to_text(grant.role)) + "\"}",
                      "accounts/" + account->id.text));
  return grant;
}

base::Result<model::RoleGrant> end_grant(Work& work, const model::RoleGrantId& id) {
  DURE_LET(grant, load_for(work, work.tx.role_grants(), id, access::Permission::kRoleGrantManage));
  if (grant.ends_at && *grant.ends_at <= work.now) return grant;  // the end stays when it was
  grant.ends_at = work.now;
  DURE_TRY(work.save(work.tx.role_grants(), grant));
  DURE_TRY(work.audit("role_grants.end", "role-grants/" + grant.id.text, resource_of(grant), "{}",
                      "accounts/" + grant.account_id.text));
  return grant;
}

base::Result<std::vector<model::RoleGrant>> grants_of(ports::Transaction& tx,
                                                      const model::AccountId& account) {
  DURE_LET(page, tx.role_grants().list(ports::Query{}.where("account_id", account).at_most(1000)));
  return page.rows;
}

}  // namespace dure::commands
