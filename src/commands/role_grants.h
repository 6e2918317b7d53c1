// Roles: who holds which, in what scope, from when to when.
#pragma once

#include <string>
#include <vector>

#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// For other commands; they check no permission.
// Grants the role, where the account does not hold it already; one that ended can be granted again.
base::Status make_grant(Work& work, const model::AccountId& account, model::Role role, model::ScopeKind scope,
                        const std::string& scope_id);
// Whether the account holds the role in that very scope now.
base::Result<bool> holds_role(Work& work, const model::AccountId& account, model::Role role,
                              model::ScopeKind scope, const std::string& scope_id);
// All of an account, those that ended too.
base::Result<std::vector<model::RoleGrant>> grants_of(ports::Transaction& tx,
                                                      const model::AccountId& account);

// Permission: role_grants.manage.
base::Result<model::RoleGrant> create_grant(Work& work, const model::CreateGrant& command);
base::Result<model::RoleGrant> end_grant(Work& work, const model::RoleGrantId& id);

}  // namespace dure::commands
