// Invariant 14 on random lives of an account: who is locked or suspended opens no session, and what is open
// is cut by lock, suspension and end only, never by the number of sessions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "access/access_fixture.h"
#include "access/lockout.h"
#include "access/session.h"

namespace dure::access {
namespace {

using model::AccountState;

int lives() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full" ? 10'000 : 400;
}

// An account with its sessions by the rules, and beside it what the invariant says, counted anew.
class AccountLife {
 public:
  explicit AccountLife(std::uint64_t seed) : bits_(seed) {
    rules_.lock_failures = 2 + below(5);
    rules_.lock_minutes = below(2) == 0 ? 0 : 1 + below(60);
    rules_.max_sessions = 1 + below(5);
    rules_.evict = below(4) == 0 ? policy::Evict::kOldest : policy::Evict::kNever;
    rules_.idle_minutes = 10 + below(600);
    account_.id = model::AccountId("a1");
    account_.state = AccountState::kActive;
    account_.password_temporary = below(3) == 0;
    account_.updated_at = now_;
  }

  void live() {
    for (int i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) {
      now_ = now_ + base::Span::minutes(below(4) == 0 ? below(2'000) : below(20));
      switch (below(10)) {
        case 0:
        case 1:
        case 2:
          try_password(true);
          break;
        case 3:
        case 4:
        case 5:
          try_password(false);
          break;
        case 6:
          use_one();
          break;
        case 7:
          suspend_or_reinstate();
          break;
        case 8:
          unlock_it();
          break;
        default:
          if (below(20) == 0) end_account();
          break;
      }
      check_every_session();
    }
  }

  int opened = 0, refused_by_state = 0, refused_by_number = 0, cut_by_lock = 0;

 private:
  struct Known {  // of a session, as the invariant counts it
    base::Instant started, seen;
    bool ended = false;
  };

  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(end));
  }
  bool lock_is_over() const {
    return rules_.lock_minutes > 0 && now_ >= locked_at_ + base::Span::minutes(rules_.lock_minutes);
  }
  bool may_enter() const { return !suspended_ && !gone_ && (!locked_ || lock_is_over()); }
  bool runs(const Known& known) const {
    return !known.ended && now_ < std::min(known.seen + base::Span::minutes(rules_.idle_minutes),
                                           known.started + base::Span::days(7));
  }

  void try_password(bool right) {
    const auto may = may_try(account_, rules_, now_);
    ASSERT_EQ(may.ok(), may_enter()) << code(may);
    if (!may.ok()) {
      ++refused_by_state;
      return;
    }
    if (right) return enter();
    if (locked_) locked_ = false, failures_ = 0;  // by time
    const bool locks = ++failures_ == rules_.lock_failures;
    ASSERT_EQ(record_failure(account_, rules_, now_), locks ? Failure::kLocked : Failure::kCounted);
    if (locks) {
      locked_ = true;
      locked_at_ = now_;
      cut_by_lock += std::any_of(known_.begin(), known_.end(), [&](const auto& each) { return runs(each); });
    }
  }

  void enter() {
    record_success(account_, now_);
    locked_ = false;
    failures_ = 0;
    const auto running =
        std::count_if(known_.begin(), known_.end(), [&](const auto& each) { return runs(each); });
    const auto room = make_room(sessions_, rules_, now_);
    if (rules_.evict == policy::Evict::kNever) {
      ASSERT_EQ(room.ok(), running < rules_.max_sessions);
      if (!room.ok()) {
        ASSERT_EQ(room.failure().reason.code, "access.too_many_sessions");
        ++refused_by_number;
        return;
      }
      ASSERT_TRUE(room->empty()) << "the number of sessions ends none";
    }
    ASSERT_TRUE(room.ok());
    ASSERT_EQ(static_cast<std::int64_t>(room->size()),
              std::max<std::int64_t>(0, running - rules_.max_sessions + 1))
        << "no more go than must";
    for (const auto& id : *room) end_session(id);
    open_session();
  }

  void end_session(const model::SessionId& id) {
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
      if (sessions_[i].id != id) continue;
      ASSERT_TRUE(runs(known_[i]));
      for (std::size_t j = 0; j < i; ++j) ASSERT_FALSE(runs(known_[j])) << "the oldest goes first";
      sessions_[i].ended_at = now_;
      known_[i].ended = true;
    }
  }

  void open_session() {
    ++opened;
    model::Session made;
    made.id = model::SessionId("s" + std::to_string(1'000 + sessions_.size()));
    made.created_at = made.last_seen_at = now_;
    made.expires_at = expiry(now_, now_, session_times(rules_, false));
    sessions_.push_back(made);
    known_.push_back({now_, now_});
  }

  // A request of one of them: it is served where the session runs and the account may act.
  void use_one() {
    if (sessions_.empty()) return;
    const auto i = static_cast<std::size_t>(below(static_cast<std::int64_t>(sessions_.size())));
    if (!open(sessions_[i], now_) || !may_use(account_).ok()) return;
    ASSERT_TRUE(!locked_ && !suspended_ && !gone_);
    sessions_[i].last_seen_at = known_[i].seen = now_;
    sessions_[i].expires_at = expiry(sessions_[i].created_at, now_, session_times(rules_, false));
  }

  void suspend_or_reinstate() {
    if (gone_ || locked_) return;
    suspended_ = !suspended_;
    account_.state = suspended_                    ? AccountState::kSuspended
                     : account_.password_temporary ? AccountState::kMustChangePassword
                                                   : AccountState::kActive;
    account_.updated_at = now_;
  }

  void unlock_it() {
    const auto done = unlock(account_, now_);
    ASSERT_EQ(done.ok(), locked_ && !gone_) << code(done);
    if (!done.ok()) return;
    locked_ = false;
    failures_ = 0;
  }

  void end_account() {
    gone_ = true;
    account_.state = below(2) == 0 ? AccountState::kDisabled : AccountState::kDeleted;
  }

  void check_every_session() {
    ASSERT_EQ(may_use(account_).ok(), !locked_ && !suspended_ && !gone_)
        << "lock, suspension and end cut what is open, and nothing else does";
    for (std::size_t i = 0; i < sessions_.size(); ++i) ASSERT_EQ(open(sessions_[i], now_), runs(known_[i]));
  }

  std::mt19937_64 bits_;
  policy::AccountRules rules_;
  model::Account account_;
  std::vector<model::Session> sessions_;
  base::Instant now_ = kNow;
  std::vector<Known> known_;
  bool locked_ = false, suspended_ = false, gone_ = false;
  base::Instant locked_at_;
  std::int64_t failures_ = 0;
};

// G4, G5, R6: sessions are opened by whom the rules let in, and cut by lock, suspension and end alone.
TEST(EntryProperty, G4_G5_R6_Invariant14_NobodyShutOutEntersAndTheNumberOfSessionsCutsNone) {
  int opened = 0, by_state = 0, by_number = 0, cut = 0;
  for (int seed = 1; seed <= lives(); ++seed) {
    SCOPED_TRACE(seed);
    AccountLife life(static_cast<std::uint64_t>(seed));
    life.live();
    if (HasFailure()) return;
    opened += life.opened;
    by_state += life.refused_by_state;
    by_number += life.refused_by_number;
    cut += life.cut_by_lock;
  }
  for (const int count : {opened, by_state, by_number, cut})
    EXPECT_GT(count, lives() / 20) << "the lives have something in them";
}

}  // namespace
}  // namespace dure::access
