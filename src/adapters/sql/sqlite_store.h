// The store in one SQLite file, or in memory. See store.h for its URL, sqlite_writer.h for how it writes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "adapters/sql/session_pool.h"
#include "adapters/sql/sqlite_session.h"
#include "adapters/sql/sqlite_writer.h"
#include "adapters/sql/store.h"
#include "adapters/sql/transaction.h"

namespace dure::sql {

class SqliteStore final : public ports::Store {
 public:
  static base::Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                         const StoreOptions& options);

  base::Result<std::unique_ptr<ports::Transaction>> begin(ports::Access access) override;
  std::uint64_t access_changes() const override { return access_changes_; }
  std::string describe() const override;

 private:
  SqliteStore(std::string path, std::unique_ptr<SqliteSession> writer, const StoreOptions& options);
  bool in_memory() const { return path_ == ":memory:"; }

  std::string path_;
  AccessChanges access_changes_ = 0;
  SqliteWriter writer_;
  SessionPool<SqliteSession> readers_;
};

}  // namespace dure::sql
