#include "store_fixture.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <set>
#include <thread>
#include <variant>

#include "adapters/sql/postgres_session.h"
#include "adapters/sql/rows.h"
#include "adapters/sql/sqlite_session.h"

namespace dure::store_test {
namespace {

using std::chrono::milliseconds;

std::string server_url() {
  const char* url = std::getenv("DURE_TEST_POSTGRES");
  return url ? url : "";
}

// The name of this process's next folder or base.
std::string fresh_name() {
  static int count = 0;
  return "dure_store_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

}  // namespace

bool have_postgres() {
  return !server_url().empty();
}

std::string name_of(Engine engine) {
  switch (engine) {
    case Engine::kSqliteFile:
      return "SqliteFile";
    case Engine::kSqliteMemory:
      return "SqliteMemory";
    default:
      return "Postgres";
  }
}

Folder::Folder() : path_(std::filesystem::temp_directory_path() / fresh_name()) {
  std::filesystem::create_directories(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

namespace {

// Runs a script at the server; returns whether it succeeded.
testing::AssertionResult administer(const std::string& url, const std::string& text) {
  auto session = sql::PostgresSession::open(url, milliseconds(5000));
  if (!session.ok()) return succeeded(session);
  return succeeded((*session)->script(text));
}

// The base of this process, made when it is first asked for and gone with the process.
struct OwnBase {
  OwnBase() : name(fresh_name()), url(server_url()) {
    url = url.substr(0, url.rfind('/') + 1) + name;
    EXPECT_TRUE(administer(server_url(), "CREATE DATABASE " + name));
  }
  ~OwnBase() { static_cast<void>(administer(server_url(), "DROP DATABASE " + name + " WITH (FORCE)")); }
  std::string name;
  std::string url;
};

const OwnBase& own_base() {
  static const OwnBase base;
  return base;
}

}  // namespace

Database::Database() : url_(own_base().url) {
  EXPECT_TRUE(administer(url_, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"));
}

void Database::disconnect_all() {
  const std::string others = " FROM pg_stat_activity WHERE datname = '" + own_base().name + "'";
  EXPECT_TRUE(administer(server_url(), "SELECT pg_terminate_backend(pid)" + others));
  auto session = sql::PostgresSession::open(server_url(), milliseconds(5000));
  ASSERT_TRUE(succeeded(session));
  for (int tries = 0; tries < 500; ++tries) {
    const auto left = sql::ask_number(**session, "SELECT COUNT(*)" + others, {});
    ASSERT_TRUE(succeeded(left));
    if (*left == 0) return;
    std::this_thread::sleep_for(milliseconds(20));
  }
}

void StoreContract::SetUp() {
  if (on_postgres()) {
    if (!have_postgres())
      GTEST_SKIP() << "DURE_TEST_POSTGRES is not set: start a server with tests/support/postgres and put its "
                      "URL there";
    database_ = std::make_unique<Database>();
    url_ = database_->url();
  } else if (in_memory()) {
    url_ = "sqlite::memory:";
  } else {
    folder_ = std::make_unique<Folder>();
    url_ = "sqlite:" + folder_->file("dure test.db");
  }
  reopen();
  static std::set<Engine> shown;
  if (store_ && shown.insert(GetParam()).second) std::cout << "store: " << store_->describe() << std::endl;
}

void StoreContract::reopen() {
  store_.reset();
  auto opened = sql::open_store(url_, options_);
  ASSERT_TRUE(opened.ok()) << told(opened.failure());
  store_ = std::move(*opened);
}

std::unique_ptr<sql::Session> StoreContract::raw_session() {
  if (on_postgres()) return std::move(*sql::PostgresSession::open(url_, milliseconds(5000)));
  return std::move(*sql::SqliteSession::open(url_.substr(7), milliseconds(5000), false));
}

std::unique_ptr<ports::Transaction> StoreContract::begin(ports::Access access) {
  auto begun = store_->begin(access);
  EXPECT_TRUE(begun.ok()) << told(begun.failure());
  return std::move(*begun);
}

base::Status StoreContract::write(const std::function<base::Status(ports::Transaction&)>& body) {
  return write_to(*store_, body);
}

Family StoreContract::new_family() {
  Family family;
  const auto written = write([&](ports::Transaction& tx) -> base::Status {
    family = insert_family(tx, random_);
    return {};
  });
  EXPECT_TRUE(written.ok()) << told(written.failure());
  return family;
}

base::Status write_to(ports::Store& store, const std::function<base::Status(ports::Transaction&)>& body) {
  for (int attempt = 0;; ++attempt) {
    auto begun = store.begin(ports::Access::kWrite);
    if (!begun.ok()) return begun.failure();
    base::Status done = body(**begun);
    if (done.ok()) done = (*begun)->commit();
    if (done.ok() || done.failure().reason.code != "store.conflict" || attempt == 200) return done;
    std::this_thread::sleep_for(milliseconds(attempt < 20 ? attempt : 20));
  }
}

std::string told(const base::Error& error) {
  std::string text;
  for (const auto& [name, value] : error.reason.parameters) {
    text += name + "=";
    text += std::holds_alternative<std::string>(value) ? std::get<std::string>(value)
                                                       : std::to_string(std::get<std::int64_t>(value));
    text += " ";
  }
  return text;
}

}  // namespace dure::store_test
