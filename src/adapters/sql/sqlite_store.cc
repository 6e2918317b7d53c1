#include "adapters/sql/sqlite_store.h"

#include "adapters/sql/migrations.h"
#include "adapters/sql/transaction.h"

namespace dure::sql {
namespace {

class WriteTransaction final : public SqlTransaction {
 public:
  WriteTransaction(SqliteWriter& writer, AccessChanges& changes)
      : SqlTransaction(writer.session(), ports::Access::kWrite, changes), writer_(writer) {}
  ~WriteTransaction() override { end_if_open(); }

 protected:
  base::Status end(bool keep) override {
    if (keep) return writer_.commit();
    writer_.rollback();
    return {};
  }
  base::Result<std::int64_t> take_number(const std::string& series, std::int64_t first) override {
    return count_up(writer_.session(), series, first);
  }

 private:
  SqliteWriter& writer_;
};

class ReadTransaction final : public SqlTransaction {
 public:
  ReadTransaction(SessionPool<SqliteSession>& pool, std::unique_ptr<SqliteSession> session,
                  AccessChanges& changes)
      : SqlTransaction(*session, ports::Access::kRead, changes), pool_(pool), session_(std::move(session)) {}
  ~ReadTransaction() override { end_if_open(); }

 protected:
  base::Status end(bool) override {
    if (const auto ended = session_->run("COMMIT"); !ended.ok()) session_.reset();
    pool_.give(std::move(session_));
    return {};
  }
  base::Result<std::int64_t> take_number(const std::string&, std::int64_t) override {
    return base::error(base::ErrorKind::kInternal, base::Reason("store.failed"));
  }

 private:
  SessionPool<SqliteSession>& pool_;
  std::unique_ptr<SqliteSession> session_;
};

// Reads where there is one session only.
class ReadTurn final : public SqlTransaction {
 public:
  ReadTurn(SqliteWriter& writer, AccessChanges& changes)
      : SqlTransaction(writer.session(), ports::Access::kRead, changes), writer_(writer) {}
  ~ReadTurn() override { end_if_open(); }

 protected:
  base::Status end(bool) override {
    writer_.end_alone();
    return {};
  }
  base::Result<std::int64_t> take_number(const std::string&, std::int64_t) override {
    return base::error(base::ErrorKind::kInternal, base::Reason("store.failed"));
  }

 private:
  SqliteWriter& writer_;
};

using Begun = base::Result<std::unique_ptr<ports::Transaction>>;

}  // namespace

SqliteStore::SqliteStore(std::string path, std::unique_ptr<SqliteSession> writer, const StoreOptions& options)
    : path_(std::move(path)),
      writer_(std::move(writer), options.wait, in_memory() ? GroupLimits{.members = 0} : GroupLimits{}),
      readers_(options.readers, options.wait,
               [file = path_, wait = options.wait] { return SqliteSession::open(file, wait, true); }) {}

base::Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path,
                                                             const StoreOptions& options) {
  DURE_LET(writer, SqliteSession::open(path, options.wait, false));
  DURE_TRY(migrate(*writer, migrations_for(Dialect::kSqlite)));
  return std::unique_ptr<SqliteStore>(new SqliteStore(path, std::move(writer), options));
}

Begun SqliteStore::begin(ports::Access access) {
  if (access == ports::Access::kWrite) {
    DURE_TRY(writer_.begin());
    return Begun(std::make_unique<WriteTransaction>(writer_, access_changes_));
  }
  if (in_memory()) {
    DURE_TRY(writer_.begin_alone());
    return Begun(std::make_unique<ReadTurn>(writer_, access_changes_));
  }
  DURE_LET(session, readers_.take());
  if (const auto begun = session->run("BEGIN"); !begun.ok()) {
    readers_.give(nullptr);
    return begun.failure();
  }
  return Begun(std::make_unique<ReadTransaction>(readers_, std::move(session), access_changes_));
}

std::string SqliteStore::describe() const {
  return "SQLite " + sqlite_version() + " " + path_ + (in_memory() ? "" : " (WAL)");
}

}  // namespace dure::sql
