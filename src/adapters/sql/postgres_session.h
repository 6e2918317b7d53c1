// A session of PostgreSQL.
//
// A transaction costs no waiting beyond its statements and its commit: "BEGIN" is sent ahead when the session
// goes back to its pool, and its answer is read when the session is taken again. Such a session waits in a
// transaction that has seen nothing yet; the snapshot is taken by its first statement.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "adapters/sql/session.h"

namespace dure::sql {

class PostgresSession final : public Session {
 public:
  // `wait`: limit for a lock.
  static base::Result<std::unique_ptr<PostgresSession>> open(const std::string& url,
                                                             std::chrono::milliseconds wait);
  using Session::Session;
  ~PostgresSession() override;

  Dialect dialect() const override { return Dialect::kPostgres; }
  base::Status script(const std::string& text) override;
  base::Error translate(const std::exception& thrown) override;
  void reset(soci::statement& statement) override;

  // Takes back what is open and sends for the next transaction.
  void begin_ahead(bool writing);
  // Commits, and sends for the next writing transaction.
  base::Status commit_and_begin_ahead();
  // Reads what is outstanding. Fails where the session cannot be used any more.
  base::Status settle();

  // "PostgreSQL 15.20 at 127.0.0.1:5432/dure": no user, no password.
  std::string server();

 private:
  base::Error connection_error();
  // The next answer that came; an empty status at the end of them.
  base::Status read_answer(bool& more);
  base::Status drain();
};

}  // namespace dure::sql
