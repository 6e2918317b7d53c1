#include "access/standing.h"

#include <string>

namespace dure::access {
namespace {

using model::AccountState;

base::Status in_use_or_locked(const model::Account& account) {
  if (account.state == AccountState::kActive || account.state == AccountState::kMustChangePassword ||
      account.state == AccountState::kLocked)
    return {};
  return base::error(
      base::ErrorKind::kConflict,
      base::Reason("access.not_in_use").with("state", std::string(model::to_text(account.state))));
}

}  // namespace

base::Status suspend(model::Account& account, base::Instant now) {
  DURE_TRY(in_use_or_locked(account));
  account.state = AccountState::kSuspended;
  account.updated_at = now;
  return {};
}

base::Status reinstate(model::Account& account, base::Instant now) {
  if (account.state != AccountState::kSuspended)
    return base::error(base::ErrorKind::kConflict, base::Reason("access.not_suspended"));
  account.state = account.password_temporary ? AccountState::kMustChangePassword : AccountState::kActive;
  account.failed_logins = 0;
  account.updated_at = now;
  return {};
}

base::Status may_get_temporary_password(const model::Account& account) {
  return in_use_or_locked(account);
}

}  // namespace dure::access
