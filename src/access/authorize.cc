#include "access/authorize.h"

#include <algorithm>
#include <utility>

namespace dure::access {
namespace {

using base::ErrorKind;
using base::Reason;
using model::AccountState;
using model::ScopeKind;

bool in_force(const Grant& grant, base::Instant now) {
  return !grant.ends_at || now < *grant.ends_at;
}

// The clause of a grant's scope; none where the scope names nothing.
std::optional<Clause> clause_of(const Grant& grant) {
  Clause clause;
  if (grant.scope == ScopeKind::kCentre) return clause;
  if (grant.scope_id.empty()) return std::nullopt;
  switch (grant.scope) {
    case ScopeKind::kProgramme:
      clause.programme_id = grant.scope_id;
      break;
    case ScopeKind::kProject:
      clause.project_id = grant.scope_id;
      break;
    case ScopeKind::kApplication:
      clause.application_id = grant.scope_id;
      break;
    case ScopeKind::kNode:
      clause.node_id = grant.scope_id;
      break;
    case ScopeKind::kCentre:
      break;
  }
  return clause;
}

void add_grant(const Grant& grant, Reach reach, const model::AccountId& account, ListScope& scope) {
  auto clause = clause_of(grant);
  if (!clause || reach == Reach::kNone) return;
  if (reach == Reach::kOwn) {
    if (account.empty()) return;
    clause->account_id = account.text;
  }
  if (std::find(scope.any.begin(), scope.any.end(), *clause) == scope.any.end())
    scope.any.push_back(std::move(*clause));
}

bool equal(const std::optional<std::string>& wanted, const std::string& given) {
  return !wanted || (!given.empty() && *wanted == given);
}

bool may_act(const model::Account& account) {
  return account.state == AccountState::kActive || account.state == AccountState::kMustChangePassword;
}

Grant grant_of(const model::RoleGrant& grant) {
  return {grant.role, grant.scope, grant.scope_id, grant.ends_at};
}

// Names of the roles that a permission is given to, for the refusal.
std::string roles_of(const PermissionRow& permission) {
  std::string names;
  for (const auto& [role, name] : model::EnumNames<model::Role>::kAll)
    if (reach(permission, role) != Reach::kNone) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

bool waits_for_password(const Subject& subject, const PermissionRow& permission) {
  return subject.must_change_password && !permission.before_password_change &&
         permission.open != Open::kAnyone;
}

}  // namespace

Subject subject_of(const model::Account& account, const std::vector<model::RoleGrant>& grants) {
  Subject subject;
  if (!may_act(account)) return subject;
  subject.actor = "accounts/" + account.id.text;
  subject.account_id = account.id;
  subject.logged_in = true;
  subject.must_change_password = account.state == AccountState::kMustChangePassword;
  for (const auto& grant : grants)
    if (grant.account_id == account.id) subject.grants.push_back(grant_of(grant));
  return subject;
}

Subject subject_of(const model::ApiToken& token, const std::optional<model::Account>& account,
                   const std::vector<model::RoleGrant>& grants, base::Instant now) {
  if (token.revoked_at || (token.expires_at && now >= *token.expires_at)) return {};
  Subject subject;
  if (token.account_id) {
    if (!account || account->id != *token.account_id) return {};
    subject = subject_of(*account, grants);
    if (!subject.logged_in) return {};
  }
  if (!token.role) return subject;
  subject.logged_in = true;
  subject.by_grants_alone = true;
  subject.grants = {
      {*token.role, token.scope.value_or(ScopeKind::kApplication), token.scope_id, std::nullopt}};
  if (subject.account_id.empty())
    subject.actor =
        token.role == model::Role::kNode ? "nodes/" + token.scope_id : "api_tokens/" + token.id.text;
  return subject;
}

Subject system_subject(std::string actor) {
  Subject subject;
  subject.actor = std::move(actor);
  subject.logged_in = true;
  subject.grants = {{model::Role::kOperator, ScopeKind::kCentre, "", std::nullopt}};
  return subject;
}

bool ListScope::everything() const {
  return std::find(any.begin(), any.end(), Clause{}) != any.end();
}

bool matches(const ListScope& scope, const Resource& resource) {
  return std::any_of(scope.any.begin(), scope.any.end(), [&](const Clause& clause) {
    return equal(clause.programme_id, resource.programme_id) &&
           equal(clause.project_id, resource.project_id) &&
           equal(clause.application_id, resource.application_id) && equal(clause.node_id, resource.node_id) &&
           equal(clause.account_id, resource.account_id);
  });
}

ListScope visible(const Subject& subject, Permission permission, base::Instant now) {
  const auto& wanted = row(permission);
  if (wanted.open == Open::kAnyone) return {{Clause{}}};
  ListScope scope;
  if (!subject.logged_in || waits_for_password(subject, wanted)) return scope;
  if (wanted.open == Open::kAccounts && !subject.account_id.empty()) return {{Clause{}}};
  if (wanted.open == Open::kOwner && !subject.account_id.empty() && !subject.by_grants_alone) {
    scope.any.emplace_back();
    scope.any.back().account_id = subject.account_id.text;
  }
  for (const auto& grant : subject.grants)
    if (in_force(grant, now)) add_grant(grant, reach(wanted, grant.role), subject.account_id, scope);
  if (scope.everything()) return {{Clause{}}};
  return scope;
}

bool allowed(const Subject& subject, Permission permission, const Resource& resource, base::Instant now) {
  return matches(visible(subject, permission, now), resource);
}

base::Status authorize(const Subject& subject, Permission permission, const Resource& resource,
                       base::Instant now, Presence presence) {
  const auto& wanted = row(permission);
  DURE_ASSERT(resource.kind == wanted.kind);
  if (allowed(subject, permission, resource, now)) return {};
  if (!subject.logged_in) return base::error(ErrorKind::kUnauthenticated, Reason("access.not_logged_in"));
  if (waits_for_password(subject, wanted))
    return base::error(ErrorKind::kNotAllowed, Reason("access.password_change_first"));
  if (presence == Presence::kHide && !allowed(subject, reading(wanted.kind), resource, now))
    return not_found();
  return base::error(ErrorKind::kNotAllowed, Reason("access.not_allowed")
                                                 .with("permission", std::string(wanted.name))
                                                 .with("roles", roles_of(wanted)));
}

base::Error not_found() {
  return base::error(ErrorKind::kNotFound, Reason("access.not_found"));
}

bool holds(const Subject& subject, model::Role role, base::Instant now) {
  return std::any_of(subject.grants.begin(), subject.grants.end(),
                     [&](const Grant& grant) { return grant.role == role && in_force(grant, now); });
}

}  // namespace dure::access
