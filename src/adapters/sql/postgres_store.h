// The store on a PostgreSQL server. See store.h for its URL.
//
// Reading transactions are REPEATABLE READ READ ONLY, writing ones SERIALIZABLE: of two that could not have
// run one after the other, one fails with "store.conflict". A lost connection fails the transaction that had
// it with "store.unavailable"; the next one connects anew. Where the connection is lost in commit() it is not
// known whether the transaction lasted: who repeats the command does so under its idempotency key.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "adapters/sql/postgres_session.h"
#include "adapters/sql/session_pool.h"
#include "adapters/sql/store.h"
#include "adapters/sql/transaction.h"

namespace dure::sql {

using PostgresPool = SessionPool<PostgresSession>;

// Numbers are counted outside the transactions that use them, so that two which take one from the same series
// do not stand in each other's way; a number of a transaction that rolls back is left out. Thread-safe.
class PostgresCounters {
 public:
  explicit PostgresCounters(PostgresPool::Make make) : make_(std::move(make)) {}
  base::Result<std::int64_t> next(const std::string& series, std::int64_t first);

 private:
  PostgresPool::Make make_;
  std::mutex mutex_;
  std::unique_ptr<PostgresSession> session_;  // none until the first number, and after a failure
};

class PostgresStore final : public ports::Store {
 public:
  static base::Result<std::unique_ptr<PostgresStore>> open(const std::string& url,
                                                           const StoreOptions& options);

  base::Result<std::unique_ptr<ports::Transaction>> begin(ports::Access access) override;
  std::uint64_t access_changes() const override { return access_changes_; }
  std::string describe() const override { return server_; }

 private:
  PostgresStore(std::string server, const StoreOptions& options, const PostgresPool::Make& make);

  std::string server_;
  AccessChanges access_changes_ = 0;
  PostgresPool readers_;
  PostgresPool writers_;
  PostgresCounters counters_;
};

}  // namespace dure::sql
