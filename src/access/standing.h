// Standing: what a person's decision does to an account: suspend, reinstate, a new temporary password
// (governance 5.3).
//
// Pure changes of values; the caller stores them. None of them brings back an account that was disabled or
// deleted.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "model/access.h"

namespace dure::access {

// An account in use (active, must_change_password) or locked; refuses others with kConflict
// "access.not_in_use" {state}.
base::Status suspend(model::Account& account, base::Instant now);

// Back in use, with no failures counted: must_change_password where the password is temporary. Refuses
// (kConflict "access.not_suspended") any other state than suspended.
base::Status reinstate(model::Account& account, base::Instant now);

// A temporary password opens a lock, but neither a suspension nor an end: the same refusal as suspend().
base::Status may_get_temporary_password(const model::Account& account);

}  // namespace dure::access
