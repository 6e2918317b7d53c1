// Wrong passwords: what they do to the account and to the address they came from (G4, R6; S0 article 11(2)).
//
// Pure changes of values; the caller stores them in the transaction of the log-in. An account that a rule
// locked is opened again by an operator, or by time where the policy gives minutes. Failures for a login that
// does not exist count for the address only, and are answered like a wrong password. An account counts its
// failures since the last success; an address counts those that lie less than a day apart, and a success does
// not clear it (who owns one account must not be able to try others without end). A lock by time counts from
// the row's updated_at.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "model/access.h"
#include "policy/account_rules.h"

namespace dure::access {

// blocked_until of an address that only a person opens again.
inline constexpr base::Instant kUntilUnblocked{INT64_MAX};

// Whether a log-in may be tried at all, before the password is looked at. Refusals (kTooMany):
// "access.address_blocked" {until}, "access.account_locked" {until}; (kNotAllowed)
// "access.account_suspended", "access.account_disabled". `until` is "" where only a person opens it again.
base::Status may_try(const std::optional<model::BlockedAddress>& address, base::Instant now);
base::Status may_try(const model::Account& account, const policy::AccountRules& rules, base::Instant now);

enum class Failure {
  kCounted,
  kLocked
};  // kLocked: this very failure closed it; tell the operator (S0: monitoring)

Failure record_failure(model::Account& account, const policy::AccountRules& rules, base::Instant now);
Failure record_failure(model::BlockedAddress& address, const policy::AccountRules& rules, base::Instant now);

// Forgets the failures, notes the log-in. REQUIRES: may_try() let it through, so a lock is one that time has
// ended; it goes with it.
void record_success(model::Account& account, base::Instant now);

// An operator opens the account again: active, or must_change_password where the password is temporary.
// Refuses (kConflict "access.not_locked") any other state than locked.
base::Status unlock(model::Account& account, base::Instant now);

// The one answer to a wrong login, a wrong password and an unknown token: kUnauthenticated
// "access.wrong_credentials".
base::Error wrong_credentials();

}  // namespace dure::access
