#include "adapters/sql/sqlite_session.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace dure::sql {
namespace {

using base::ErrorKind;
using base::Reason;

sqlite_api::sqlite3* database_of(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

// "accounts.login, accounts.uid" -> "login,uid"
std::string column_fields_of(std::string_view list) {
  std::string fields;
  while (!list.empty()) {
    const auto comma = list.find(", ");
    std::string_view each = list.substr(0, comma);
    if (const auto dot = each.find('.'); dot != std::string_view::npos) each.remove_prefix(dot + 1);
    fields += (fields.empty() ? "" : ",") + std::string(each);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 2);
  }
  return fields;
}

std::string after(std::string_view text, std::string_view lead) {
  const auto at = text.find(lead);
  return at == std::string_view::npos ? "" : std::string(text.substr(at + lead.size()));
}

base::Error constraint_error(int code, const std::string& message) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return base::error(
          ErrorKind::kConflict,
          Reason("store.duplicate").with("fields", column_fields_of(after(message, "failed: "))));
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return base::error(ErrorKind::kConflict, Reason("store.reference"));
    case SQLITE_CONSTRAINT_TRIGGER:
      return base::error(ErrorKind::kConflict, Reason("store.append_only"));
    default:
      return check_error(after(message, "failed: "));
  }
}

base::Error error_of_code(int code, const std::string& message) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return constraint_error(code, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::error(ErrorKind::kUnavailable, Reason("store.busy"));
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_PERM:
      return store_error(ErrorKind::kUnavailable, "store.unavailable", message);
    default:
      return store_error(ErrorKind::kInternal, "store.failed", message);
  }
}

// The file is the owner's alone, and so are the files that SQLite makes beside it. False where it cannot be
// made. Never opened here: closing any descriptor of it would drop the locks that SQLite holds on it for this
// process (fcntl(2)), and whoever copies the database would take away the log from under us.
bool make_private(const std::string& path) {
  return ::mknod(path.c_str(), S_IFREG | 0600, 0) == 0 || errno == EEXIST;
}

// A session belongs to one thread at a time, so that SQLite need not lock it for every column read. Has to be
// said before the library's first use; where it comes too late, SQLite goes on locking.
void leave_locking_to_us() {
  static const int said = sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
  static_cast<void>(said);
}

std::string sqlite_settings(bool read_only) {
  std::string text =
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA "
      "recursive_triggers=ON; "
      "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; PRAGMA trusted_schema=OFF;";
  if (read_only) text += " PRAGMA query_only=ON;";
  return text;
}

}  // namespace

base::Result<std::unique_ptr<SqliteSession>> SqliteSession::open(const std::string& path,
                                                                 std::chrono::milliseconds busy,
                                                                 bool read_only) {
  if (path.empty() || path.find('"') != std::string::npos || (path != ":memory:" && !make_private(path)))
    return store_error(ErrorKind::kUnavailable, "store.unavailable", "cannot open " + path);
  leave_locking_to_us();
  try {
    auto soci = std::make_unique<soci::session>(soci::sqlite3, "db=\"" + path + "\"");
    auto session = std::make_unique<SqliteSession>(std::move(soci));
    sqlite_api::sqlite3_busy_timeout(database_of(session->soci()), static_cast<int>(busy.count()));
    DURE_TRY(session->script(sqlite_settings(read_only)));
    return session;
  } catch (const std::exception&) {
    return store_error(ErrorKind::kUnavailable, "store.unavailable", "cannot open " + path);
  }
}

base::Status SqliteSession::script(const std::string& text) {
  auto* handle = database_of(soci());
  if (sqlite_api::sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return error_of_code(sqlite_api::sqlite3_extended_errcode(handle), sqlite_api::sqlite3_errmsg(handle));
}

base::Error SqliteSession::translate(const std::exception& thrown) {
  auto* handle = database_of(soci());
  const int code = sqlite_api::sqlite3_extended_errcode(handle);
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
    return store_error(ErrorKind::kInternal, "store.failed", typeid(thrown).name());
  return error_of_code(code, sqlite_api::sqlite3_errmsg(handle));
}

void SqliteSession::reset(soci::statement& statement) {
  sqlite_api::sqlite3_reset(static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_);
}

base::Status SqliteSession::run(const std::string& text) {
  DURE_LET(statement, prepare(text, {}, {}));
  const Finish finish(*statement);
  DURE_TRY(statement->execute());
  return {};
}

bool SqliteSession::in_transaction() const {
  auto* self = const_cast<SqliteSession*>(this);
  return sqlite_api::sqlite3_get_autocommit(database_of(self->soci())) == 0;
}

bool SqliteSession::owes_reference() const {
  auto* self = const_cast<SqliteSession*>(this);
  int now = 0;
  int high = 0;
  sqlite_api::sqlite3_db_status(database_of(self->soci()), SQLITE_DBSTATUS_DEFERRED_FKS, &now, &high, 0);
  return now != 0;
}

std::string sqlite_version() {
  return sqlite_api::sqlite3_libversion();
}

}  // namespace dure::sql
