// Suspending, reinstating and closing an account. Permission: accounts.manage. The ground is demanded and
// kept.
#pragma once

#include <string>

#include "commands/work.h"
#include "model/access.h"
#include "model/account_requests.h"

namespace dure::commands {

// His sessions end; his API tokens rest until he is reinstated. Nobody suspends himself ("account.own").
base::Result<model::Account> suspend_account(Work& work, const model::AccountId& id,
                                             const model::ChangeStanding& command);
base::Result<model::Account> reinstate_account(Work& work, const model::AccountId& id,
                                               const model::ChangeStanding& command);

// Nobody enters it any more, for good: what the centre does where a person has left (G7). Refuses (kConflict)
// "account.own", "access.not_in_use" {state} where it is closed already.
base::Result<model::Account> close_account(Work& work, const model::AccountId& id,
                                           const model::ChangeStanding& command);

// For other commands; it checks no permission. Nobody enters any more: the account is disabled, its sessions
// end, its tokens are revoked, and what it started is stopped: it could not do so any more. What is erased,
// and when, is the matter of the end of use (L1). Does nothing where it is disabled or deleted already.
base::Status shut_account(Work& work, const model::AccountId& id, const std::string& ground = "");

}  // namespace dure::commands
