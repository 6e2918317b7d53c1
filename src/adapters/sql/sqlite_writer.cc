#include "adapters/sql/sqlite_writer.h"

#include <utility>

namespace dure::sql {
namespace {

base::Error busy() {
  return base::error(base::ErrorKind::kUnavailable, base::Reason("store.busy"));
}

}  // namespace

bool SqliteWriter::may_grow() const {
  return group_->members < group_limits_.members &&
         std::chrono::steady_clock::now() - group_->since < group_limits_.age;
}

base::Status SqliteWriter::open_group() {
  // Not deferred: a transaction that reads first and writes later could find that another process came
  // between.
  DURE_TRY(session_->run("BEGIN IMMEDIATE"));
  group_ = std::make_shared<Group>();
  return {};
}

base::Status SqliteWriter::begin() {
  if (!turn_.enter(limit_)) return busy();
  base::Status begun = group_ ? session_->run("SAVEPOINT member") : open_group();
  if (!begun.ok() && group_) begun = close_group(begun);
  if (!begun.ok()) turn_.leave();
  return begun;
}

base::Status SqliteWriter::release_member() {
  if (session_->owes_reference())
    return base::error(base::ErrorKind::kConflict, base::Reason("store.reference"));
  if (!session_->in_transaction())
    return store_error(base::ErrorKind::kUnavailable, "store.unavailable", "the transaction was ended");
  return joined() ? session_->run("RELEASE member") : base::Status{};
}

base::Status SqliteWriter::commit() {
  if (base::Status released = release_member(); !released.ok()) {
    rollback();
    return released;
  }
  const std::shared_ptr<Group> group = group_;
  ++group->members;
  if (may_grow() && turn_.pass_on()) {
    std::unique_lock lock(group->mutex);
    group->wake.wait(lock, [&] { return group->outcome.has_value(); });
    return *group->outcome;
  }
  base::Status closed = close_group({});
  turn_.leave();
  return closed;
}

// Ends the transaction for all members: commits it, or, where it already failed, lets it go.
base::Status SqliteWriter::close_group(base::Status so_far) {
  if (so_far.ok()) so_far = session_->run("COMMIT");
  if (!so_far.ok() && session_->in_transaction()) static_cast<void>(session_->run("ROLLBACK"));
  const std::shared_ptr<Group> group = std::exchange(group_, nullptr);
  const std::lock_guard lock(group->mutex);
  group->outcome = so_far;
  group->wake.notify_all();
  return so_far;
}

void SqliteWriter::rollback() {
  const base::Status others = joined() ? abandon_member() : base::Status(busy());
  if (others.ok() && may_grow() && turn_.pass_on()) return;
  static_cast<void>(close_group(others));
  turn_.leave();
}

// Takes back what the holder of the turn wrote, and nothing of those who committed before it.
base::Status SqliteWriter::abandon_member() {
  if (!session_->in_transaction())
    return store_error(base::ErrorKind::kUnavailable, "store.unavailable", "the transaction was ended");
  DURE_TRY(session_->run("ROLLBACK TO member"));
  return session_->run("RELEASE member");
}

base::Status SqliteWriter::begin_alone() {
  DURE_ASSERT(group_limits_.members == 0);
  if (!turn_.enter(limit_)) return busy();
  base::Status begun = session_->run("BEGIN");
  if (!begun.ok()) turn_.leave();
  return begun;
}

void SqliteWriter::end_alone() {
  if (session_->in_transaction()) static_cast<void>(session_->run("COMMIT"));
  turn_.leave();
}

}  // namespace dure::sql
