// Who comes with a request: from a session's or an API token to the caller, for every request.
#pragma once

#include <string>

#include "base/result.h"
#include "commands/work.h"

namespace dure::commands {

// Who comes with this token ("" for nobody) from this address. Unknown, ended and revoked tokens are refused
// with kUnauthenticated, as are accounts that may not act; where the programme lets in registered addresses
// only (G6, P16) another address is refused with "access.address_not_allowed", at every request. Moves the
// session's end on, at most once a minute. What was found out is known for a moment (known_callers.h).
base::Result<Caller> authenticate(World& world, const std::string& token, const std::string& address);

}  // namespace dure::commands
