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

// The same caller as he stands now, for what lasts longer than a request (event streams): refused as
// authenticate() would refuse his token, read anew each time; but what lasts by itself does not move his
// session's end on. `before`: as authenticate() gave it; `token_hash`: of the token that he came with.
base::Result<Caller> recognise(World& world, const Caller& before, const std::string& token_hash);

}  // namespace dure::commands
