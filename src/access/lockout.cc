#include "access/lockout.h"

#include <cstdint>
#include <string>
#include <utility>

namespace dure::access {
namespace {

using base::ErrorKind;
using base::Reason;
using model::AccountState;

constexpr base::Span kAddressMemory = base::Span::days(1);

// When the lock of a locked account ends by itself, if it does.
std::optional<base::Instant> lock_end(const model::Account& account, const policy::AccountRules& rules) {
  if (rules.lock_minutes <= 0) return std::nullopt;
  return account.updated_at + base::Span::minutes(rules.lock_minutes);
}

bool lock_has_ended(const model::Account& account, const policy::AccountRules& rules, base::Instant now) {
  const auto end = lock_end(account, rules);
  return account.state == AccountState::kLocked && end && now >= *end;
}

base::Error too_many(const char* code, const std::optional<base::Instant>& until) {
  return base::error(ErrorKind::kTooMany, Reason(code).with("until", until ? base::to_text(*until) : ""));
}

void reopen(model::Account& account) {
  account.state = account.password_temporary ? AccountState::kMustChangePassword : AccountState::kActive;
  account.failed_logins = 0;
}

}  // namespace

base::Status may_try(const std::optional<model::BlockedAddress>& address, base::Instant now) {
  if (!address || !address->blocked_until || now >= *address->blocked_until) return {};
  const bool for_good = *address->blocked_until == kUntilUnblocked;
  return too_many("access.address_blocked", for_good ? std::nullopt : address->blocked_until);
}

base::Status may_try(const model::Account& account, const policy::AccountRules& rules, base::Instant now) {
  switch (account.state) {
    case AccountState::kActive:
    case AccountState::kMustChangePassword:
      return {};
    case AccountState::kLocked:
      if (lock_has_ended(account, rules, now)) return {};
      return too_many("access.account_locked", lock_end(account, rules));
    case AccountState::kSuspended:
      return base::error(ErrorKind::kNotAllowed, Reason("access.account_suspended"));
    case AccountState::kDormant:
    case AccountState::kDisabled:
      return base::error(ErrorKind::kNotAllowed, Reason("access.account_disabled"));
    case AccountState::kDeleted:
      return wrong_credentials();
  }
  return wrong_credentials();
}

Failure record_failure(model::Account& account, const policy::AccountRules& rules, base::Instant now) {
  if (lock_has_ended(account, rules, now)) reopen(account);
  account.updated_at = now;
  ++account.failed_logins;
  const bool may_lock =
      account.state == AccountState::kActive || account.state == AccountState::kMustChangePassword;
  if (!may_lock || rules.lock_failures <= 0 || account.failed_logins < rules.lock_failures)
    return Failure::kCounted;
  account.state = AccountState::kLocked;
  return Failure::kLocked;
}

Failure record_failure(model::BlockedAddress& address, const policy::AccountRules& rules, base::Instant now) {
  if (now - address.updated_at >= kAddressMemory) address.failures = 0;
  if (address.blocked_until && now >= *address.blocked_until) {
    address.blocked_until.reset();
    address.failures = 0;
  }
  address.updated_at = now;
  ++address.failures;
  if (!rules.ip_block || rules.ip_block_failures <= 0 || address.blocked_until ||
      address.failures < rules.ip_block_failures)
    return Failure::kCounted;
  address.blocked_until =
      rules.ip_block_minutes > 0 ? now + base::Span::minutes(rules.ip_block_minutes) : kUntilUnblocked;
  return Failure::kLocked;
}

void record_success(model::Account& account, base::Instant now) {
  if (account.state == AccountState::kLocked) reopen(account);
  account.failed_logins = 0;
  account.last_login_at = now;
  account.updated_at = now;
}

base::Status unlock(model::Account& account, base::Instant now) {
  if (account.state != AccountState::kLocked)
    return base::error(ErrorKind::kConflict, Reason("access.not_locked"));
  reopen(account);
  account.updated_at = now;
  return {};
}

base::Error wrong_credentials() {
  return base::error(ErrorKind::kUnauthenticated, Reason("access.wrong_credentials"));
}

}  // namespace dure::access
