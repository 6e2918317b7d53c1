#include "access/standing.h"

#include <gtest/gtest.h>

namespace dure::access {
namespace {

using model::AccountState;

constexpr base::Instant kDecidedAt{1'000'000};

model::Account account_in(AccountState state) {
  model::Account account;
  account.state = state;
  account.password_temporary = false;
  account.failed_logins = 3;
  return account;
}

TEST(Standing, OnlyWhatIsInUseOrLockedIsSuspendedOrGetsATemporaryPassword) {
  for (const auto& [state, name] : model::EnumNames<AccountState>::kAll) {
    auto account = account_in(state);
    const bool allowed = state == AccountState::kActive || state == AccountState::kMustChangePassword ||
                         state == AccountState::kLocked;
    EXPECT_EQ(may_get_temporary_password(account).ok(), allowed) << name;
    EXPECT_EQ(suspend(account, kDecidedAt).ok(), allowed) << name;
    EXPECT_EQ(account.state, allowed ? AccountState::kSuspended : state) << name;
  }
}

TEST(Standing, OnlyTheSuspendedAreReinstated) {
  for (const auto& [state, name] : model::EnumNames<AccountState>::kAll) {
    auto account = account_in(state);
    const bool allowed = state == AccountState::kSuspended;
    EXPECT_EQ(reinstate(account, kDecidedAt).ok(), allowed) << name;
    EXPECT_EQ(account.state, allowed ? AccountState::kActive : state) << name;
  }
}

TEST(Standing, ATemporaryPasswordOutlastsASuspension) {
  auto account = account_in(AccountState::kSuspended);
  account.password_temporary = true;
  ASSERT_TRUE(reinstate(account, kDecidedAt).ok());
  EXPECT_EQ(account.state, AccountState::kMustChangePassword);
  EXPECT_EQ(account.failed_logins, 0);
}

}  // namespace
}  // namespace dure::access
