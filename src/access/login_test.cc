// G3, G4, G5, R6, invariant 14: wrong passwords, sessions, and the age of a password.
#include <gtest/gtest.h>

#include "access/access_fixture.h"
#include "access/lockout.h"
#include "access/password_age.h"
#include "access/session.h"

namespace dure::access {
namespace {

using model::Account;
using model::AccountState;

policy::AccountRules regional_accounts() {
  policy::AccountRules rules;
  rules.lock_failures = 5;
  rules.ip_block = true;
  rules.ip_block_failures = 5;
  rules.max_sessions = 5;
  rules.password.max_age = calendar::Length{3, calendar::Unit::kMonths};
  rules.password.notice_days = 7;
  return rules;
}

Account active() {
  Account account;
  account.id = model::AccountId("a1");
  account.state = AccountState::kActive;
  account.password_temporary = false;
  account.updated_at = kNow;
  return account;
}

TEST(Lockout, G4_TheFifthFailureLocksAndNotTheFourth) {
  auto account = active();
  const auto rules = regional_accounts();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(record_failure(account, rules, kNow), Failure::kCounted);
  EXPECT_EQ(code(may_try(account, rules, kNow)), "ok");
  EXPECT_EQ(record_failure(account, rules, kNow), Failure::kLocked);
  EXPECT_EQ(account.state, AccountState::kLocked);
  EXPECT_EQ(code(may_try(account, rules, kNow + base::Span::days(365))), "access.account_locked");
  EXPECT_EQ(may_try(account, rules, kNow).failure().kind, base::ErrorKind::kTooMany);
}

TEST(Lockout, G4_ASuccessForgetsTheFailures) {
  auto account = active();
  const auto rules = regional_accounts();
  for (int i = 0; i < 4; ++i) (void)record_failure(account, rules, kNow);
  record_success(account, kNow);
  EXPECT_EQ(account.failed_logins, 0);
  EXPECT_EQ(account.last_login_at, kNow);
  EXPECT_EQ(record_failure(account, rules, kNow), Failure::kCounted);
}

TEST(Lockout, G4_APersonUnlocks) {
  auto account = active();
  const auto rules = regional_accounts();
  for (int i = 0; i < 5; ++i) (void)record_failure(account, rules, kNow);
  ASSERT_TRUE(unlock(account, kNow).ok());
  EXPECT_EQ(account.state, AccountState::kActive);
  EXPECT_EQ(code(unlock(account, kNow)), "access.not_locked");
  account.password_temporary = true;
  for (int i = 0; i < 5; ++i) (void)record_failure(account, rules, kNow);
  ASSERT_TRUE(unlock(account, kNow).ok());
  EXPECT_EQ(account.state, AccountState::kMustChangePassword);
}

TEST(Lockout, ALockByTimeEndsByItselfAndCountsAnew) {
  auto account = active();
  auto rules = regional_accounts();
  rules.lock_minutes = 30;
  for (int i = 0; i < 5; ++i) (void)record_failure(account, rules, kNow);
  EXPECT_EQ(code(may_try(account, rules, kNow + base::Span::minutes(30) - base::Span{1})),
            "access.account_locked");
  const auto later = kNow + base::Span::minutes(30);
  EXPECT_EQ(code(may_try(account, rules, later)), "ok");
  EXPECT_EQ(record_failure(account, rules, later), Failure::kCounted);
  EXPECT_EQ(account.failed_logins, 1);
  EXPECT_EQ(account.state, AccountState::kActive);
}

TEST(Lockout, G4_TheAddressIsBlockedToo) {
  const auto rules = regional_accounts();
  model::BlockedAddress address;
  address.updated_at = kNow;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(record_failure(address, rules, kNow), Failure::kCounted);
  EXPECT_EQ(code(may_try(std::optional(address), kNow)), "ok");
  EXPECT_EQ(record_failure(address, rules, kNow), Failure::kLocked);
  EXPECT_EQ(code(may_try(std::optional(address), kNow + base::Span::days(9999))), "access.address_blocked");
  EXPECT_EQ(code(may_try(std::optional<model::BlockedAddress>{}, kNow)), "ok");
}

TEST(Lockout, FailuresOfAnAddressFadeAndABlockByTimeEnds) {
  auto rules = regional_accounts();
  rules.ip_block_minutes = 60;
  model::BlockedAddress address;
  address.updated_at = kNow;
  for (int i = 0; i < 4; ++i) (void)record_failure(address, rules, kNow);
  const auto next_day = kNow + base::Span::days(1);
  EXPECT_EQ(record_failure(address, rules, next_day), Failure::kCounted);
  EXPECT_EQ(address.failures, 1);
  for (int i = 0; i < 4; ++i) (void)record_failure(address, rules, next_day);
  EXPECT_EQ(code(may_try(std::optional(address), next_day)), "access.address_blocked");
  EXPECT_EQ(code(may_try(std::optional(address), next_day + base::Span::minutes(60))), "ok");
}

TEST(Lockout, Invariant14_AccountsThatMayNotLogIn) {
  const auto rules = regional_accounts();
  auto account = active();
  const std::vector<std::pair<AccountState, std::string>> answers{
      {AccountState::kActive, "ok"},
      {AccountState::kMustChangePassword, "ok"},
      {AccountState::kLocked, "access.account_locked"},
      {AccountState::kSuspended, "access.account_suspended"},
      {AccountState::kDormant, "access.account_disabled"},
      {AccountState::kDisabled, "access.account_disabled"},
      {AccountState::kDeleted, "access.wrong_credentials"}};
  for (const auto& [state, answer] : answers) {
    account.state = state;
    EXPECT_EQ(code(may_try(account, rules, kNow)), answer);
    EXPECT_EQ(may_use(account).ok(), answer == "ok");
  }
}

std::vector<model::Session> sessions(int count) {
  std::vector<model::Session> made;
  for (int i = 0; i < count; ++i) {
    model::Session session;
    session.id = model::SessionId("s" + std::to_string(i));
    session.created_at = kNow + base::Span::minutes(i);
    session.last_seen_at = session.created_at;
    session.expires_at = kNow + base::Span::hours(12);
    made.push_back(session);
  }
  return made;
}

TEST(Session, G5_FiveMayBeOpenAndTheSixthIsRefusedWithoutCuttingOne) {
  const auto rules = regional_accounts();
  EXPECT_TRUE(make_room(sessions(4), rules, kNow)->empty());
  const auto refused = make_room(sessions(5), rules, kNow);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().reason.code, "access.too_many_sessions");
  EXPECT_EQ(*refused.failure().reason.find("max_sessions"), base::ReasonValue(std::int64_t{5}));
}

TEST(Session, G5_EndedAndExpiredSessionsDoNotCount) {
  auto five = sessions(5);
  five[1].ended_at = kNow;
  EXPECT_TRUE(make_room(five, regional_accounts(), kNow).ok());
  five = sessions(5);
  five[2].expires_at = kNow;
  EXPECT_TRUE(make_room(five, regional_accounts(), kNow).ok());
}

TEST(Session, APolicyMayEndTheOldestInstead) {
  auto rules = regional_accounts();
  rules.evict = policy::Evict::kOldest;
  const auto ending = make_room(sessions(6), rules, kNow);
  ASSERT_TRUE(ending.ok());
  EXPECT_EQ(*ending, (std::vector{model::SessionId("s0"), model::SessionId("s1")}));
  rules.max_sessions = 0;
  EXPECT_TRUE(make_room(sessions(100), rules, kNow)->empty());
}

TEST(Session, R7_IdleSessionsRunOutAndNoneLastsForEver) {
  auto rules = regional_accounts();
  rules.idle_minutes = 30;
  rules.staff_idle_minutes = 10;
  const auto user = session_times(rules, false);
  EXPECT_EQ(expiry(kNow, kNow + base::Span::hours(1), user), kNow + base::Span::minutes(90));
  EXPECT_EQ(session_times(rules, true).idle, base::Span::minutes(10));
  EXPECT_EQ(expiry(kNow, kNow + base::Span::days(30), user), kNow + user.at_most);
}

TEST(PasswordAge, G3_ThreeMonthsByTheCalendar) {
  const auto rules = regional_accounts().password;
  const base::Date changed{2026, 11, 30};
  const base::Date last{2027, 2, 28};  // no 30 February
  EXPECT_EQ(password_term(changed, rules, changed).last_day, last);
  EXPECT_EQ(password_term(changed, rules, {2027, 2, 20}).age, PasswordAge::kFine);
  EXPECT_EQ(password_term(changed, rules, {2027, 2, 21}).age, PasswordAge::kNotice);
  EXPECT_EQ(password_term(changed, rules, last).age, PasswordAge::kNotice);
  EXPECT_EQ(password_term(changed, rules, {2027, 3, 1}).age, PasswordAge::kExpired);
  EXPECT_EQ(password_term({2026, 1, 15}, rules, {2026, 1, 15}).last_day, (base::Date{2026, 4, 15}));
}

TEST(PasswordAge, G3_AnOldPasswordMustBeChanged) {
  auto account = active();
  const auto rules = regional_accounts();
  account.password_changed_at = *base::parse_instant("2026-01-15T03:00:00Z");
  // 2026-04-16 begins in Seoul at 15:00 UTC of the 15th.
  EXPECT_FALSE(
      apply_password_age(account, rules, calendar::seoul(), *base::parse_instant("2026-04-15T14:59:59Z")));
  EXPECT_TRUE(
      apply_password_age(account, rules, calendar::seoul(), *base::parse_instant("2026-04-15T15:00:00Z")));
  EXPECT_EQ(account.state, AccountState::kMustChangePassword);
}

TEST(PasswordAge, G3_ATemporaryPasswordMustBeChangedAtOnce) {
  auto account = active();
  account.password_temporary = true;
  account.password_changed_at = kNow;
  auto rules = regional_accounts();
  rules.temporary_password_must_change = false;
  EXPECT_FALSE(apply_password_age(account, rules, calendar::seoul(), kNow));
  rules.temporary_password_must_change = true;
  EXPECT_TRUE(apply_password_age(account, rules, calendar::seoul(), kNow));
}

}  // namespace
}  // namespace dure::access
