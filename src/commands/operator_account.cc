#include "commands/operator_account.h"

#include "commands/accounts.h"
#include "commands/scope.h"

namespace dure::commands {
namespace {

constexpr const char* kLogin = "operator";

base::Result<bool> any_operator(Work& work) {
  DURE_LET(any, work.tx.role_grants().first(ports::Query{}.where("role", model::Role::kOperator).at_most(1)));
  return any.has_value();
}

base::Result<model::Account> operator_or_new(Work& work) {
  DURE_LET(found, work.tx.accounts().first(ports::Query{}.where("login", kLogin).at_most(1)));
  if (found) return *found;
  NewAccount wish;
  wish.login = kLogin;
  DURE_TRY(make_account(work, wish));
  return wish.account;
}

// Unless it holds the role: what has ended stays as it was, for the record.
base::Status grant_centre(Work& work, const model::AccountId& account) {
  DURE_LET(held, work.tx.role_grants().first(ports::Query{}
                                                 .where("account_id", account)
                                                 .where("role", model::Role::kOperator)
                                                 .where("scope", model::ScopeKind::kCentre)
                                                 .where_null("ends_at")
                                                 .at_most(1)));
  if (held) return {};
  return make_grant(work, account, model::Role::kOperator, model::ScopeKind::kCentre, "");
}

}  // namespace

base::Result<bool> has_operator(World& world) {
  return look<bool>(world, system_caller("bootstrap"), any_operator);
}

base::Result<bool> bootstrap_operator(World& world, const std::string& password) {
  DURE_LET(hash, world.secrets.hash_password(password));
  return run<bool>(world, system_caller("bootstrap"), [&](Work& work) -> base::Result<bool> {
    DURE_LET(any, any_operator(work));
    if (any) return false;
    DURE_LET(account, operator_or_new(work));
    account.password_hash = hash;
    account.password_changed_at = work.now;
    account.password_temporary = false;
    account.state = model::AccountState::kActive;
    DURE_TRY(work.save(work.tx.accounts(), account));
    DURE_TRY(grant_centre(work, account.id));
    const auto name = "accounts/" + account.id.text;
    DURE_TRY(work.audit("accounts.bootstrap", name, resource_of(account), "{}", name));
    return true;
  });
}

base::Status recover_operator(World& world, const std::string& password) {
  DURE_LET(hash, world.secrets.hash_password(password));
  const auto done = run<bool>(world, system_caller("recovery"), [&](Work& work) -> base::Result<bool> {
    DURE_LET(account, operator_or_new(work));
    put_temporary_password(work, account, hash);
    DURE_TRY(work.save(work.tx.accounts(), account));
    DURE_TRY(grant_centre(work, account.id));
    DURE_LET(ended, end_sessions_of(work, account.id));
    static_cast<void>(ended);
    DURE_TRY(revoke_tokens_of(work, account.id));
    const auto name = "accounts/" + account.id.text;
    DURE_TRY(work.publish("account.recovered", name, resource_of(account)));
    DURE_TRY(work.audit("accounts.recover", name, resource_of(account), "{}", name));
    return true;
  });
  return done ? base::Status{} : base::Status{done.failure()};
}

}  // namespace dure::commands
