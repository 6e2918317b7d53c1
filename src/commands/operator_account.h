// The centre's first account, `operator`: made once in an empty store, and recovered from outside by whoever
// holds the machine. Its password is chosen, and written down where the operator reads it, before the account
// has it: a process that dies between leaves a password without an account, never an account without a
// password.
#pragma once

#include "commands/work.h"

namespace dure::commands {

// Whether any account has ever held the operator's role.
base::Result<bool> has_operator(World& world);

// Makes the account with this password. False where there was an operator already: nothing was done.
base::Result<bool> bootstrap_operator(World& world, const std::string& password);

// For a centre that nobody can enter any more: `operator` gets this temporary password and, whatever became
// of it, its role; its sessions and tokens end. Audited.
base::Status recover_operator(World& world, const std::string& password);

}  // namespace dure::commands
