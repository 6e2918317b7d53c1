// A session of SQLite.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "adapters/sql/session.h"

namespace dure::sql {

class SqliteSession final : public Session {
 public:
  // Opens the file (made where it is missing) or ":memory:", and sets how it is kept:
  //   WAL, synchronous=FULL: a commit that returned survives the loss of power (one fsync each;
  //   sqlite_writer.h shares it among writers that come together); foreign keys on; `read_only` sessions
  //   write nothing.
  static base::Result<std::unique_ptr<SqliteSession>> open(const std::string& path,
                                                           std::chrono::milliseconds busy, bool read_only);
  using Session::Session;

  Dialect dialect() const override { return Dialect::kSqlite; }
  base::Status script(const std::string& text) override;
  base::Error translate(const std::exception& thrown) override;
  void reset(soci::statement& statement) override;

  // A transaction statement, prepared once ("BEGIN IMMEDIATE", "COMMIT", …).
  base::Status run(const std::string& text);
  // True while a transaction is open. SQLite ends one by itself on some errors (disk full).
  bool in_transaction() const;
  // True where a deferred foreign key is broken at this moment.
  bool owes_reference() const;
};

// "3.40.1"
std::string sqlite_version();

}  // namespace dure::sql
