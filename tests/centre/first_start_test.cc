// The first start of a centre and its recovery, with a death at each point in between.
#include "server/first_start.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "adapters/blobs/file_blobs.h"
#include "adapters/blobs/file_types.h"
#include "adapters/sql/store.h"
#include "adapters/system/secrets.h"
#include "commands/accounts.h"
#include "commands/authentication.h"
#include "commands/base_layers.h"
#include "commands/operator_account.h"
#include "policy/pack.h"
#include "server/state_folder.h"

namespace dure::tests {
namespace {

// An empty store and an empty state folder.
class FirstStart : public ::testing::Test {
 protected:
  FirstStart() {
    commands::Settings settings;
    settings.base_layers = *commands::read_base_layers();
    settings.centre_rules = policy::merge(settings.base_layers)->account;
    settings.nobody_hash = *secrets_->hash_password("nobody");
    world_ = std::make_unique<commands::World>(commands::World{*store_, clock_, *secrets_, *secrets_, *blobs_,
                                                               *types_, policies_, known_callers_, settings});
  }
  ~FirstStart() override { std::filesystem::remove_all(folder_); }

  base::Result<model::LoggedIn> log_in(const std::string& password) {
    commands::Caller caller;
    caller.address = "127.0.0.1";
    return commands::log_in(*world_, caller, {"operator", password});
  }
  std::string password() const { return server::read_secret(folder_ + "/operator.password"); }

  static std::string make_folder() {
    char name[] = "/tmp/dure-first.XXXXXX";
    EXPECT_NE(::mkdtemp(name), nullptr);
    return name;
  }
  template <class T>
  static T take(base::Result<T> result) {
    EXPECT_TRUE(result.ok());
    return std::move(*result);
  }

  const std::string folder_ = make_folder();
  ports::ManualClock clock_{*base::parse_instant("2026-09-01T00:00:00Z")};
  std::unique_ptr<ports::Store> store_ = take(sql::open_store("sqlite::memory:"));
  std::unique_ptr<ports::Secrets> secrets_ =
      take(system::open_secrets({.key_file = folder_ + "/key", .memory_bytes = 64 << 10, .passes = 1}));
  std::unique_ptr<ports::Blobs> blobs_ = take(blobs::open_file_blobs({.folder = folder_ + "/blobs"}));
  std::unique_ptr<ports::FileTypes> types_ = take(blobs::open_file_types());
  commands::PolicyBook policies_;
  commands::KnownCallers known_callers_;
  std::unique_ptr<commands::World> world_;
};

TEST_F(FirstStart, ThePasswordInTheFileIsTheOperators) {
  ASSERT_TRUE(server::set_up_store(*world_, folder_).ok());
  EXPECT_TRUE(log_in(password()).ok());
  EXPECT_FALSE(server::read_secret(folder_ + "/enrol.token").empty());
}

TEST_F(FirstStart, WithoutThePasswordOnTheDiskThereIsNoAccount) {
  // The file cannot be written: what a death before the writing looks like to the store.
  std::filesystem::create_directory(folder_ + "/operator.password");
  EXPECT_FALSE(server::set_up_store(*world_, folder_).ok());
  EXPECT_FALSE(*commands::has_operator(*world_)) << "an operator whose password nobody knows";
  std::filesystem::remove(folder_ + "/operator.password");
  ASSERT_TRUE(server::set_up_store(*world_, folder_).ok());
  EXPECT_TRUE(log_in(password()).ok());
}

TEST_F(FirstStart, ADeathAfterThePasswordAndBeforeTheAccountIsTakenUpAgain) {
  ASSERT_TRUE(server::write_secret(folder_ + "/operator.password", "River7!stone_K9").ok());
  ASSERT_TRUE(server::set_up_store(*world_, folder_).ok());
  EXPECT_EQ(password(), "River7!stone_K9");
  EXPECT_TRUE(log_in("River7!stone_K9").ok());
}

TEST_F(FirstStart, TheNextStartChangesNothing) {
  ASSERT_TRUE(server::set_up_store(*world_, folder_).ok());
  const std::string first = password();
  const std::string token = server::read_secret(folder_ + "/enrol.token");
  ASSERT_TRUE(server::set_up_store(*world_, folder_).ok());
  EXPECT_EQ(password(), first);
  EXPECT_EQ(server::read_secret(folder_ + "/enrol.token"), token);
}

TEST_F(FirstStart, AReplicaThatComesSecondLeavesNoWrongPasswordBehind) {
  ASSERT_TRUE(*commands::bootstrap_operator(*world_, "River7!stone_K9"));
  ASSERT_TRUE(server::set_up_store(*world_, folder_).ok());
  EXPECT_FALSE(server::exists(folder_ + "/operator.password"));
  EXPECT_FALSE(*commands::bootstrap_operator(*world_, "another"));
  EXPECT_TRUE(log_in("River7!stone_K9").ok());
}

TEST_F(FirstStart, ResetOperatorLetsALockedOneBackInAndIsAudited) {
  ASSERT_TRUE(server::set_up_store(*world_, folder_).ok());
  const auto session = log_in(password());
  ASSERT_TRUE(session.ok());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(log_in("wrong").ok());
  const std::string lost = password();
  ASSERT_TRUE(server::reset_operator(*world_, folder_).ok());
  EXPECT_FALSE(log_in(lost).ok());
  const auto back = log_in(password());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->account.state, model::AccountState::kMustChangePassword);
  EXPECT_FALSE(commands::authenticate(*world_, session->token, "127.0.0.1").ok()) << "old sessions end";
  const auto audited =
      commands::look<std::int64_t>(*world_, commands::system_caller("test"), [](commands::Work& work) {
        return work.tx.audit_entries().count(ports::Query{}.where("action", "accounts.recover"));
      });
  EXPECT_EQ(*audited, 1);
}

TEST_F(FirstStart, ResetOperatorBringsBackWhatWasDisabledAndItsRole) {
  ASSERT_TRUE(server::set_up_store(*world_, folder_).ok());
  const auto ruined = commands::run<bool>(
      *world_, commands::system_caller("test"), [](commands::Work& work) -> base::Result<bool> {
        DURE_LET(account, work.tx.accounts().first(ports::Query{}.where("login", "operator").at_most(1)));
        account->state = model::AccountState::kDisabled;
        DURE_TRY(work.save(work.tx.accounts(), *account));
        DURE_LET(grant,
                 work.tx.role_grants().first(ports::Query{}.where("account_id", account->id).at_most(1)));
        grant->ends_at = work.now;
        DURE_TRY(work.save(work.tx.role_grants(), *grant));
        return true;
      });
  ASSERT_TRUE(ruined.ok());
  EXPECT_FALSE(log_in(password()).ok());
  ASSERT_TRUE(server::reset_operator(*world_, folder_).ok());
  ASSERT_TRUE(server::reset_operator(*world_, folder_).ok()) << "also beside a grant that has ended";
  const auto back = log_in(password());
  ASSERT_TRUE(back.ok());
  const auto caller = commands::authenticate(*world_, back->token, "127.0.0.1");
  ASSERT_TRUE(caller.ok());
  EXPECT_TRUE(access::holds(caller->subject, model::Role::kOperator, clock_.now()));
  EXPECT_EQ(caller->subject.grants.size(), 2u) << "what ended stays as it was, for the record";
}

}  // namespace
}  // namespace dure::tests
