// Accounts: opened, logged in, locked, and their passwords and tokens.
#pragma once

#include <string>
#include <vector>

#include "commands/role_grants.h"
#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// What a new account is made from; account and temporary_password are filled in by make_account.
struct NewAccount {
  std::string login;
  std::optional<model::PersonId> person_id;
  std::optional<model::ProgrammeId> programme_id;
  std::vector<std::string> allowed_addresses;
  model::Account account;
  std::string temporary_password;
};

// Makes the row with a uid and a temporary password. For other commands: checks no permission. Refuses
// (kInvalid) "account.login_malformed", (kConflict) "account.login_taken" {login}.
base::Status make_account(Work& work, NewAccount& wish);
// The account of a login as people write it; none for a malformed one.
base::Result<std::optional<model::Account>> find_login(Work& work, const std::string& login);

// For other commands; they check no permission. The hash of a temporary password; a lock and its failures go
// with it.
void put_temporary_password(Work& work, model::Account& account, const std::string& hash);
// Ends every open session of the account but the one with the id `but`; how many.
base::Result<std::int64_t> end_sessions_of(Work& work, const model::AccountId& account,
                                           const std::string& but = "");
base::Status revoke_tokens_of(Work& work, const model::AccountId& account);

// An account by an operator (staff, reviewers, further members of a project, G7). With a project it is of its
// programme and may work on it at once; the person that is named belongs to its organisation. Refuses
// (kInvalid) "account.project_elsewhere", "account.project_missing", "account.name_missing". Permission:
// accounts.manage, and role_grants.manage where there is a project.
base::Result<model::TemporaryPassword> create_account(Work& work, const model::CreateAccount& command);
// A new temporary password (G3: unchanged ones are replaced by the administrator, who tells the user): opens
// a lock, ends all sessions and API tokens. Refuses accounts that are neither in use nor locked.
base::Result<model::TemporaryPassword> reset_password(Work& work, const model::AccountId& id);
base::Result<model::Account> unlock_account(Work& work, const model::AccountId& id);

// Log-in (G4, G5, G6). Takes the World because the password is compared outside any transaction.
base::Result<model::LoggedIn> log_in(World& world, const Caller& caller, const model::LogIn& command);
base::Status log_out(Work& work);
// One session, one's own or, by an operator, anybody's. Permission: sessions.end.
base::Result<model::Session> end_session(Work& work, const model::SessionId& id);
// The caller's own but the one that he comes with.
base::Status end_other_sessions(Work& work);
// All of an account but the session `but`. Permission: sessions.end.
base::Status end_account_sessions(Work& work, const model::AccountId& id, const std::string& but = "");
// The caller's own; his other sessions end with it. Refuses with every broken rule as a detail at /new; a
// wrong current password counts as one at log-in does.
base::Result<model::Account> change_password(World& world, const Caller& caller,
                                             const model::ChangePassword& command);

base::Result<model::CreatedToken> create_token(Work& work, const model::CreateToken& command);
base::Result<model::ApiToken> revoke_token(Work& work, const model::ApiTokenId& id);

base::Result<model::WhoAmI> who_am_i(Work& work);

// The account rules that hold for an account: its programme's, or the centre's own.
base::Result<policy::AccountRules> rules_of(Work& work, const model::Account& account);
// Staff belong to the centre, not to one programme.
bool is_staff(const model::Account& account);

// Brings accounts whose password has grown too old to must_change_password. For the keeper's loop.
base::Result<std::int64_t> keep_passwords(Work& work);

}  // namespace dure::commands
