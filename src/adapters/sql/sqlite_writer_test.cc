#include "adapters/sql/sqlite_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "adapters/sql/rows.h"

namespace dure::sql {
namespace {

using std::chrono::milliseconds;

class Writer : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "dure_writer_" + std::to_string(getpid()) + ".db";
    remove_files();
    auto session = SqliteSession::open(path_, milliseconds(1000), false);
    ASSERT_TRUE(session.ok());
    ASSERT_TRUE((*session)->script("CREATE TABLE t (n BIGINT PRIMARY KEY)").ok());
    writer_ = std::make_unique<SqliteWriter>(std::move(*session), milliseconds(5000),
                                             GroupLimits{.members = 64, .age = milliseconds(60'000)});
  }
  void TearDown() override {
    writer_.reset();
    remove_files();
  }
  void remove_files() const {
    for (const char* end : {"", "-wal", "-shm"}) std::remove((path_ + end).c_str());
  }
  base::Status insert(int number) {
    return writer_->session().script("INSERT INTO t VALUES (" + std::to_string(number) + ")");
  }
  std::int64_t count() {
    auto reader = SqliteSession::open(path_, milliseconds(1000), true);
    return *ask_number(**reader, "SELECT COUNT(*) FROM t", {});
  }
  // Starts a writer and returns when it waits for its turn.
  std::thread waiting(const std::function<void()>& body) {
    std::thread thread([this, body] {
      ASSERT_TRUE(writer_->begin().ok());
      body();
    });
    while (writer_->waiting() == 0) std::this_thread::yield();
    return thread;
  }

  std::string path_;
  std::unique_ptr<SqliteWriter> writer_;
};

TEST_F(Writer, WhoCommitsWhileAnotherWaitsReturnsOnlyWhenItIsDurable) {
  ASSERT_TRUE(writer_->begin().ok());
  ASSERT_TRUE(insert(1).ok());
  std::atomic<bool> first_returned = false;
  std::thread second = waiting([&] {
    EXPECT_EQ(count(), 0);  // released to me, and to nobody else yet
    EXPECT_FALSE(first_returned);
    ASSERT_TRUE(insert(2).ok());
    EXPECT_TRUE(writer_->commit().ok());
  });
  EXPECT_TRUE(writer_->commit().ok());
  first_returned = true;
  EXPECT_EQ(count(), 2);  // one commit for both
  second.join();
}

TEST_F(Writer, AFailedCommitFailsForAllOfTheGroup) {
  ASSERT_TRUE(writer_->begin().ok());
  ASSERT_TRUE(insert(1).ok());
  std::thread second = waiting([&] {
    ASSERT_TRUE(insert(2).ok());
    ASSERT_TRUE(
        writer_->session().script("ROLLBACK").ok());  // as SQLite does by itself when the disk is full
    EXPECT_EQ(writer_->commit().failure().reason.code, "store.unavailable");
  });
  EXPECT_EQ(writer_->commit().failure().reason.code, "store.unavailable");
  second.join();
  EXPECT_EQ(count(), 0);
}

TEST_F(Writer, WhoGivesUpLastCommitsForTheOthers) {
  ASSERT_TRUE(writer_->begin().ok());
  ASSERT_TRUE(insert(1).ok());
  std::thread second = waiting([&] {
    ASSERT_TRUE(insert(2).ok());
    writer_->rollback();
  });
  EXPECT_TRUE(writer_->commit().ok());
  second.join();
  EXPECT_EQ(count(), 1);
}

// As a person does who copies the database while dured runs (docs/operators.md).
std::string ask_sqlite3(const std::string& path) {
  FILE* out = ::popen(("sqlite3 '" + path + "' 'SELECT COUNT(*) FROM t' 2>&1").c_str(), "r");
  std::string said;
  for (int c = out == nullptr ? EOF : std::fgetc(out); c != EOF; c = std::fgetc(out))
    said += static_cast<char>(c);
  if (out != nullptr) ::pclose(out);
  return said;
}

// Its log is deleted by the last who closes the database: nobody else may take himself for that one, however
// many sessions of ours came and went. (They did: opening the file once more dropped this process's locks.)
TEST_F(Writer, AnotherProgramsLookLeavesTheLogWhereItIs) {
  for (int number = 1; number <= 3; ++number) {
    ASSERT_TRUE(writer_->begin().ok());
    ASSERT_TRUE(insert(number).ok());
    ASSERT_TRUE(writer_->commit().ok());
    EXPECT_EQ(count(), number) << "by a session that comes and goes";
    EXPECT_EQ(ask_sqlite3(path_), std::to_string(number) + "\n");
    EXPECT_EQ(::access((path_ + "-wal").c_str(), F_OK), 0)
        << "the log is gone, and what is written next with it";
  }
}

TEST_F(Writer, GivingUpInAGroupTakesOnlyItsOwnBack) {
  std::vector<std::thread> threads;
  std::atomic<int> kept = 0;
  threads.reserve(6);
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 30; ++i) {
        ASSERT_TRUE(writer_->begin().ok());
        ASSERT_TRUE(insert(t * 1000 + i).ok());
        if ((t + i) % 3 == 0) {
          writer_->rollback();
        } else if (writer_->commit().ok()) {
          ++kept;
        }
      }
    });
  }
  for (auto& each : threads) each.join();
  EXPECT_EQ(kept, 6 * 20);
  EXPECT_EQ(count(), kept);
}

// A disk that is full ends SQLite's transaction by itself; nobody of the group is told that it lasted.
TEST_F(Writer, WhatTheDatabaseEndedByItselfFailsForAll) {
  ASSERT_TRUE(writer_->begin().ok());
  ASSERT_TRUE(insert(1).ok());
  ASSERT_TRUE(writer_->session().script("ROLLBACK").ok());  // as SQLITE_FULL does
  EXPECT_EQ(writer_->commit().failure().reason.code, "store.unavailable");
  ASSERT_TRUE(writer_->begin().ok());
  ASSERT_TRUE(insert(2).ok());
  EXPECT_TRUE(writer_->commit().ok());
  EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace dure::sql
