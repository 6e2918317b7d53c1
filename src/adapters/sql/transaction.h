// A transaction over a session: the repositories, and what both engines' transactions share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "adapters/sql/nouns.h"
#include "adapters/sql/rows.h"
#include "ports/store.h"

namespace dure::sql {

using AccessChanges = std::atomic<std::uint64_t>;

class SqlTransaction : public ports::Transaction {
 public:
  // `changes` counts the commits that changed who may do what; it outlives this.
  SqlTransaction(Session& session, ports::Access access, AccessChanges& changes);
  ~SqlTransaction() override;

#define DURE_SQL_REPOSITORY(Noun, name) ports::Repository<model::Noun>& name() final;
  DURE_SQL_NOUNS(DURE_SQL_REPOSITORY)
#undef DURE_SQL_REPOSITORY

  base::Result<std::int64_t> next_number(const std::string& series, std::int64_t first) final;
  base::Status commit() final;

 protected:
  // Ends the transaction in the database: makes it last, or takes it back. Called once, by commit() or by the
  // destructor of the class that knows the engine (end_if_open()).
  virtual base::Status end(bool keep) = 0;
  // The number from the session that fits the engine.
  virtual base::Result<std::int64_t> take_number(const std::string& series, std::int64_t first) = 0;
  void end_if_open();

 private:
  Scope scope_;
  AccessChanges& changes_;
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

// Counts a series up in this session's transaction.
base::Result<std::int64_t> count_up(Session& session, const std::string& series, std::int64_t first);

}  // namespace dure::sql
