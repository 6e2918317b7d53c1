// Accounts, roles and credentials. Hashes and salts are secret fields: they never leave the store's side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// governance 5.3: requested -> active <-> locked; must_change_password; dormant -> disabled -> deleted;
// suspended.
enum class AccountState { kActive, kMustChangePassword, kLocked, kSuspended, kDormant, kDisabled, kDeleted };
DURE_ENUM(AccountState, DURE_NAME(kActive, "active"), DURE_NAME(kMustChangePassword, "must_change_password"),
          DURE_NAME(kLocked, "locked"), DURE_NAME(kSuspended, "suspended"), DURE_NAME(kDormant, "dormant"),
          DURE_NAME(kDisabled, "disabled"), DURE_NAME(kDeleted, "deleted"));

struct Account {
  AccountId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string login;  // unique, lower case
  std::optional<PersonId> person_id;
  std::optional<ProgrammeId> programme_id;  // whose policy holds; none for the centre's own staff
  AccountState state = AccountState::kMustChangePassword;
  std::string password_hash;                        // argon2id
  std::vector<std::string> former_password_hashes;  // newest first, as many as the policy compares with
  base::Instant password_changed_at;
  bool password_temporary = true;
  std::int64_t failed_logins = 0;  // since the last success
  std::optional<base::Instant> last_login_at;
  std::int64_t uid = 0;  // numeric user on every engine and volume, unique, never reused
  std::vector<std::string> allowed_addresses;  // registered public addresses (G6); empty: any
};
DURE_FIELDS(Account, "accounts", field("id", &Account::id), field("version", &Account::version),
            field("created_at", &Account::created_at), field("updated_at", &Account::updated_at),
            field("login", &Account::login), field("person_id", &Account::person_id),
            field("programme_id", &Account::programme_id), field("state", &Account::state),
            field("password_hash", &Account::password_hash, Visibility::kSecret),
            field("former_password_hashes", &Account::former_password_hashes, Visibility::kSecret),
            field("password_changed_at", &Account::password_changed_at),
            field("password_temporary", &Account::password_temporary),
            field("failed_logins", &Account::failed_logins), field("last_login_at", &Account::last_login_at),
            field("uid", &Account::uid),
            field("allowed_addresses", &Account::allowed_addresses, Visibility::kPersonal));

enum class Role { kOperator, kApplicant, kMember, kReviewer, kAuditor, kNode, kGateway };
DURE_ENUM(Role, DURE_NAME(kOperator, "operator"), DURE_NAME(kApplicant, "applicant"),
          DURE_NAME(kMember, "member"), DURE_NAME(kReviewer, "reviewer"), DURE_NAME(kAuditor, "auditor"),
          DURE_NAME(kNode, "node"), DURE_NAME(kGateway, "gateway"));

// Where a role holds: everywhere, or in one programme, project or application.
enum class ScopeKind { kCentre, kProgramme, kProject, kApplication, kNode };
DURE_ENUM(ScopeKind, DURE_NAME(kCentre, "centre"), DURE_NAME(kProgramme, "programme"),
          DURE_NAME(kProject, "project"), DURE_NAME(kApplication, "application"), DURE_NAME(kNode, "node"));

struct RoleGrant {
  RoleGrantId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  AccountId account_id;
  Role role = Role::kMember;
  ScopeKind scope = ScopeKind::kProject;
  std::string scope_id;  // "" for the centre
  std::string granted_by;
  std::optional<base::Instant> ends_at;
};
DURE_FIELDS(RoleGrant, "role_grants", field("id", &RoleGrant::id), field("version", &RoleGrant::version),
            field("created_at", &RoleGrant::created_at), field("updated_at", &RoleGrant::updated_at),
            field("account_id", &RoleGrant::account_id), field("role", &RoleGrant::role),
            field("scope", &RoleGrant::scope), field("scope_id", &RoleGrant::scope_id),
            field("granted_by", &RoleGrant::granted_by), field("ends_at", &RoleGrant::ends_at));

// A log-in. The bearer of the token is the account; only a hash of the token is kept.
struct Session {
  SessionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  AccountId account_id;
  std::string token_hash;
  std::string address;
  base::Instant last_seen_at;
  base::Instant expires_at;
  std::optional<base::Instant> ended_at;
};
DURE_FIELDS(Session, "sessions", field("id", &Session::id), field("version", &Session::version),
            field("created_at", &Session::created_at), field("updated_at", &Session::updated_at),
            field("account_id", &Session::account_id),
            field("token_hash", &Session::token_hash, Visibility::kSecret),
            field("address", &Session::address, Visibility::kPersonal),
            field("last_seen_at", &Session::last_seen_at), field("expires_at", &Session::expires_at),
            field("ended_at", &Session::ended_at));

// A token for programs. It carries the account's roles, or, for the holder of an application that has no
// account yet, for dure-node and for dure-gateway, exactly one role in one scope.
struct ApiToken {
  ApiTokenId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::optional<AccountId> account_id;
  std::optional<Role> role;
  std::optional<ScopeKind> scope;
  std::string scope_id;
  std::string name;
  std::string token_hash;
  std::optional<base::Instant> expires_at;
  std::optional<base::Instant> revoked_at;
};
DURE_FIELDS(ApiToken, "api_tokens", field("id", &ApiToken::id), field("version", &ApiToken::version),
            field("created_at", &ApiToken::created_at), field("updated_at", &ApiToken::updated_at),
            field("account_id", &ApiToken::account_id), field("role", &ApiToken::role),
            field("scope", &ApiToken::scope), field("scope_id", &ApiToken::scope_id),
            field("name", &ApiToken::name), field("token_hash", &ApiToken::token_hash, Visibility::kSecret),
            field("expires_at", &ApiToken::expires_at), field("revoked_at", &ApiToken::revoked_at));

// An address from which log-ins are refused (G4), until then.
struct BlockedAddress {
  base::Id<BlockedAddress> id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string address;
  std::int64_t failures = 0;
  std::optional<base::Instant> blocked_until;
};
DURE_FIELDS(BlockedAddress, "blocked_addresses", field("id", &BlockedAddress::id),
            field("version", &BlockedAddress::version), field("created_at", &BlockedAddress::created_at),
            field("updated_at", &BlockedAddress::updated_at), field("address", &BlockedAddress::address),
            field("failures", &BlockedAddress::failures),
            field("blocked_until", &BlockedAddress::blocked_until));

}  // namespace dure::model
