// The one writing connection of a SQLite store, its turn, and group commit.
//
// Writers take turns in the order of asking. A writer that commits while others wait does not sync by itself:
// its changes are released into the open transaction, the next writer goes on in a savepoint of the same
// transaction, and the last of the row commits for all with one fsync. Nobody's commit() returns before that
// commit did; if it fails, it fails for all. A writer that rolls back takes only its own savepoint with it.
// What one writer released is seen by the next, and by nobody else until it is durable.
//
// Thread-safe: commit() and rollback() belong to the thread whose begin() succeeded last.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "adapters/sql/sqlite_session.h"
#include "adapters/sql/turnstile.h"

namespace dure::sql {

// A group commits when it has this many members or is this old, though others wait. With no members each
// commit is one of its own.
struct GroupLimits {
  std::size_t members = 64;
  std::chrono::milliseconds age{20};
};

class SqliteWriter {
 public:
  // `limit`: how long begin() waits for its turn.
  SqliteWriter(std::unique_ptr<SqliteSession> session, std::chrono::milliseconds limit,
               GroupLimits group = {})
      : session_(std::move(session)), limit_(limit), group_limits_(group) {}

  // Fails with "store.busy".
  base::Status begin();
  // Gives the turn up and returns when the changes are durable. On failure nothing of them is.
  base::Status commit();
  void rollback();
  // The same turn for a reader of a store that has this one session. REQUIRES: made for groups of no members.
  base::Status begin_alone();
  void end_alone();

  SqliteSession& session() { return *session_; }
  // How many wait for their turn at this moment.
  std::size_t waiting() { return turn_.waiting(); }

 private:
  // The writers that share one transaction.
  struct Group {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<base::Status> outcome;
    std::size_t members = 0;  // that committed into it; guarded by the turn
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  };
  bool joined() const { return group_->members > 0; }
  bool may_grow() const;
  base::Status open_group();
  base::Status release_member();
  base::Status close_group(base::Status so_far);
  base::Status abandon_member();

  std::unique_ptr<SqliteSession> session_;
  std::chrono::milliseconds limit_;
  GroupLimits group_limits_;
  Turnstile turn_{1};
  std::shared_ptr<Group> group_;  // of the open transaction; guarded by the turn
};

}  // namespace dure::sql
