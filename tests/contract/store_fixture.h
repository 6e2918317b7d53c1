// The stores that the contract suite runs on: SQLite in a file, SQLite in memory, and a PostgreSQL server
// that tests/support/postgres started and DURE_TEST_POSTGRES names. Each test gets an empty one of its own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "adapters/sql/session.h"
#include "adapters/sql/store.h"
#include "store_random.h"

namespace dure::store_test {

enum class Engine { kSqliteFile, kSqliteMemory, kPostgres };

inline constexpr Engine kEngines[] = {Engine::kSqliteFile, Engine::kSqliteMemory, Engine::kPostgres};

std::string name_of(Engine engine);

// A folder that goes with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// An empty base on the server of DURE_TEST_POSTGRES: one per process, emptied for each object.
class Database {
 public:
  Database();
  const std::string& url() const { return url_; }
  // Ends all connections to it, as a server that is started again does, and waits until they are gone.
  void disconnect_all();

 private:
  std::string url_;
};

bool have_postgres();

class StoreContract : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override;

  bool in_memory() const { return GetParam() == Engine::kSqliteMemory; }
  bool on_postgres() const { return GetParam() == Engine::kPostgres; }
  ports::Store& store() { return *store_; }
  Database& database() { return *database_; }
  // Closes the store and opens it again (in memory: an empty one).
  void reopen();
  // A session of its own to the same database. REQUIRES: !in_memory().
  std::unique_ptr<sql::Session> raw_session();

  std::unique_ptr<ports::Transaction> begin(ports::Access access = ports::Access::kWrite);
  // Runs the body in a transaction and commits, as often as it takes where another transaction came first.
  base::Status write(const std::function<base::Status(ports::Transaction&)>& body);
  Family new_family();

  Random random_{20260901};

 private:
  sql::StoreOptions options_{.wait = std::chrono::milliseconds(5000)};
  std::unique_ptr<Folder> folder_;
  std::unique_ptr<Database> database_;
  std::string url_;
  std::unique_ptr<ports::Store> store_;
};

// Runs a step until it is not refused with "store.conflict".
base::Status write_to(ports::Store& store, const std::function<base::Status(ports::Transaction&)>& body);

// The parameters of an error's reason, as text.
std::string told(const base::Error& error);

template <class Result>
testing::AssertionResult succeeded(const Result& result) {
  if (result.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << result.failure().reason.code << " " << told(result.failure());
}

template <class Result>
testing::AssertionResult fails_with(const Result& result, const std::string& code) {
  if (result.ok()) return testing::AssertionFailure() << "succeeded instead of " << code;
  if (result.failure().reason.code == code) return testing::AssertionSuccess();
  return testing::AssertionFailure() << result.failure().reason.code << " instead of " << code << ", "
                                     << told(result.failure());
}

}  // namespace dure::store_test

#define ASSERT_OK(expression) ASSERT_TRUE(dure::store_test::succeeded(expression))
#define EXPECT_CODE(expression, code) EXPECT_TRUE(dure::store_test::fails_with(expression, code))
