// Suspending and reinstating an account. Permission: accounts.manage. The ground is demanded and kept.
#pragma once

#include "commands/work.h"
#include "model/access.h"
#include "model/account_requests.h"

namespace dure::commands {

// His sessions end; his API tokens rest until he is reinstated. Nobody suspends himself ("account.own").
base::Result<model::Account> suspend_account(Work& work, const model::AccountId& id,
                                             const model::ChangeStanding& command);
base::Result<model::Account> reinstate_account(Work& work, const model::AccountId& id,
                                               const model::ChangeStanding& command);

}  // namespace dure::commands
