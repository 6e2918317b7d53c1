#include "commands/account_standing.h"

#include "access/standing.h"
#include "commands/accounts.h"
#include "commands/reads.h"
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

}  // namespace dure::commands
