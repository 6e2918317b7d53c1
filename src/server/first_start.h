// What a store needs before it serves, and the secrets that go with it in the state folder: the operator's
// first password (operator.password) and the token by which nodes enrol (enrol.token).
//
// May be killed at any point and run again.
#pragma once

#include <string>

#include "commands/work.h"

namespace dure::server {

base::Status set_up_store(commands::World& world, const std::string& state);

// A new temporary password for `operator`, in operator.password. While dured is down: the state folder's lock
// sees to that.
base::Status reset_operator(commands::World& world, const std::string& state);

}  // namespace dure::server
