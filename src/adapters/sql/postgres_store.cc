#include "adapters/sql/postgres_store.h"

#include <utility>

#include "adapters/sql/migrations.h"
#include "adapters/sql/transaction.h"

namespace dure::sql {
namespace {

using ports::Access;
using Begun = base::Result<std::unique_ptr<ports::Transaction>>;

class PostgresTransaction final : public SqlTransaction {
 public:
  PostgresTransaction(PostgresPool& pool, PostgresCounters& counters,
                      std::unique_ptr<PostgresSession> session, Access access, AccessChanges& changes)
      : SqlTransaction(*session, access, changes),
        pool_(pool),
        counters_(counters),
        session_(std::move(session)),
        access_(access) {}
  ~PostgresTransaction() override { end_if_open(); }

 protected:
  base::Status end(bool keep) override {
    base::Status ended;
    if (keep && access_ == Access::kWrite)
      ended = session_->commit_and_begin_ahead();
    else
      session_->begin_ahead(access_ == Access::kWrite);
    pool_.give(std::move(session_));
    return ended;
  }
  base::Result<std::int64_t> take_number(const std::string& series, std::int64_t first) override {
    return counters_.next(series, first);
  }

 private:
  PostgresPool& pool_;
  PostgresCounters& counters_;
  std::unique_ptr<PostgresSession> session_;
  Access access_;
};

// A session with its transaction open. One that died in the pool is replaced.
base::Result<std::unique_ptr<PostgresSession>> ready(PostgresPool& pool, Access access) {
  DURE_LET(session, pool.take());
  if (session->settle().ok()) return std::move(session);
  DURE_LET(fresh, pool.replace(std::move(session)));
  fresh->begin_ahead(access == Access::kWrite);
  if (const auto settled = fresh->settle(); !settled.ok()) {
    pool.give(nullptr);
    return settled.failure();
  }
  return std::move(fresh);
}

}  // namespace

base::Result<std::int64_t> PostgresCounters::next(const std::string& series, std::int64_t first) {
  const std::lock_guard lock(mutex_);
  for (int attempt = 1;; ++attempt) {
    const bool fresh = !session_;
    if (fresh) {
      DURE_LET(made, make_());
      session_ = std::move(made);
    }
    auto number = count_up(*session_, series, first);
    if (number.ok()) return number;
    session_.reset();
    // A session that stood idle may have died; a fresh one has no such excuse.
    if (fresh || attempt == 2) return number;
  }
}

PostgresStore::PostgresStore(std::string server, const StoreOptions& options, const PostgresPool::Make& make)
    : server_(std::move(server)),
      readers_(options.readers, options.wait, make),
      writers_(options.writers, options.wait, make),
      counters_(make) {}

base::Result<std::unique_ptr<PostgresStore>> PostgresStore::open(const std::string& url,
                                                                 const StoreOptions& options) {
  const PostgresPool::Make make = [url, wait = options.wait] { return PostgresSession::open(url, wait); };
  DURE_LET(session, make());
  DURE_TRY(migrate(*session, migrations_for(Dialect::kPostgres)));
  return std::unique_ptr<PostgresStore>(new PostgresStore(session->server(), options, make));
}

Begun PostgresStore::begin(Access access) {
  PostgresPool& pool = access == Access::kRead ? readers_ : writers_;
  DURE_LET(session, ready(pool, access));
  return Begun(
      std::make_unique<PostgresTransaction>(pool, counters_, std::move(session), access, access_changes_));
}

}  // namespace dure::sql
