#include "commands/account_standing.h"

#include "access/standing.h"
#include "commands/accounts.h"
#include "commands/reads.h"
#include "commands/workloads.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

base::Status demand_ground(const model::ChangeStanding& command) {
  if (!command.ground.empty()) return {};
  return base::invalid(base::Reason("account.ground_missing"),
                       {{"/ground", base::Reason("account.ground_missing")}});
}

base::Status record_standing(Work& work, const model::Account& account, const std::string& event,
                             const std::string& action, const std::string& ground) {
  const auto name = "accounts/" + account.id.text;
  DURE_TRY(work.publish(event, name, resource_of(account)));
  return work.audit(action, name, resource_of(account), "{\"ground\":" + wire::json_text(ground) + "}", name);
}

}  // namespace

base::Status shut_account(Work& work, const model::AccountId& id, const std::string& ground) {
  DURE_LET(account, work.tx.accounts().get(id));
  if (account.state == model::AccountState::kDisabled || account.state == model::AccountState::kDeleted)
    return {};
  account.state = model::AccountState::kDisabled;
  DURE_TRY(work.save(work.tx.accounts(), account));
  DURE_TRY(revoke_tokens_of(work, id));
  if (const auto ended = end_sessions_of(work, id); !ended) return ended.failure();
  DURE_TRY(stop_workloads_of(work, id));
  const auto name = "accounts/" + id.text;
  DURE_TRY(work.publish("account.disabled", name, resource_of(account)));
  return work.audit("accounts.disable", name, resource_of(account),
                    ground.empty() ? "{}" : "{\"ground\":" + wire::json_text(ground) + "}", name);
}

base::Result<model::Account> suspend_account(Work& work, const model::AccountId& id,
                                             const model::ChangeStanding& command) {
  DURE_LET(account, load_for(work, work.tx.accounts(), id, access::Permission::kAccountManage));
  DURE_TRY(demand_ground(command));
  if (id == work.caller.subject.account_id)
    return base::error(base::ErrorKind::kConflict, base::Reason("account.own"));
  DURE_TRY(access::suspend(account, work.now));
  DURE_TRY(work.save(work.tx.accounts(), account));
  DURE_LET(ended, end_sessions_of(work, id));
  static_cast<void>(ended);
  DURE_TRY(record_standing(work, account, "account.suspended", "accounts.suspend", command.ground));
  return account;
}

base::Result<model::Account> reinstate_account(Work& work, const model::AccountId& id,
                                               const model::ChangeStanding& command) {
  DURE_LET(account, load_for(work, work.tx.accounts(), id, access::Permission::kAccountManage));
  DURE_TRY(demand_ground(command));
  DURE_TRY(access::reinstate(account, work.now));
  DURE_TRY(work.save(work.tx.accounts(), account));
  DURE_TRY(record_standing(work, account, "account.reinstated", "accounts.reinstate", command.ground));
  return account;
}

base::Result<model::Account> close_account(Work& work, const model::AccountId& id,
                                           const model::ChangeStanding& command) {
  DURE_LET(account, load_for(work, work.tx.accounts(), id, access::Permission::kAccountManage));
  DURE_TRY(demand_ground(command));
  if (id == work.caller.subject.account_id)
    return base::error(base::ErrorKind::kConflict, base::Reason("account.own"));
  if (account.state == model::AccountState::kDisabled || account.state == model::AccountState::kDeleted)
    return base::error(
        base::ErrorKind::kConflict,
        base::Reason("access.not_in_use").with("state", std::string(model::to_text(account.state))));
  DURE_TRY(shut_account(work, id, command.ground));
  DURE_TRY(work.publish("account.closed", "accounts/" + id.text, resource_of(account)));
  return work.tx.accounts().get(id);
}

}  // namespace dure::commands
