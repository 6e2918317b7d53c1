#include "adapters/sql/migrations.h"

#include <chrono>
#include <map>

namespace dure::sql {
namespace {

using base::ErrorKind;
using base::Reason;

constexpr const char* kBook =
    "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY NOT NULL, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";

// A transaction that keeps other migrating processes out until it ends.
const char* begin_alone_text(Dialect dialect) {
  return dialect == Dialect::kSqlite ? "BEGIN IMMEDIATE" : "BEGIN; SELECT pg_advisory_xact_lock(7301520181)";
}

base::Result<std::map<int, std::string>> applied_steps(Session& session) {
  std::map<int, std::string> found;
  DURE_LET(statement, session.prepare("SELECT number, checksum FROM schema_migrations", {},
                                      {CellKind::kNumber, CellKind::kText}));
  const Finish finish(*statement);
  auto got = statement->execute();
  for (; got.ok() && *got; got = statement->next())
    found.emplace(static_cast<int>(statement->row()[0].number), statement->row()[1].text);
  if (!got.ok()) return got.failure();
  return found;
}

base::Status write_down(Session& session, const EmbeddedMigration& step) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  DURE_LET(statement,
           session.prepare("INSERT INTO schema_migrations (number, name, checksum, applied_at) "
                           "VALUES (:p1, :p2, :p3, :p4)",
                           {CellKind::kNumber, CellKind::kText, CellKind::kText, CellKind::kNumber}, {}));
  const Finish finish(*statement);
  Cells& binds = statement->binds();
  binds[0].number = step.number;
  binds[1].text = step.name;
  binds[2].text = step.sha256;
  binds[3].number = duration_cast<microseconds>(now).count();
  DURE_TRY(statement->execute());
  return {};
}

base::Error failed(const EmbeddedMigration& step, const base::Error& cause) {
  Reason reason("store.migration_failed");
  reason.with("number", step.number).with("name", std::string(step.name));
  const auto* text = cause.reason.find("cause");
  reason.with("cause", text ? std::get<std::string>(*text) : cause.reason.code);
  return base::error(ErrorKind::kInternal, reason);
}

// Whether the step is there already; refuses one that is there with another text.
base::Result<bool> there(Session& session, const EmbeddedMigration& step) {
  DURE_LET(applied, applied_steps(session));
  const auto found = applied.find(step.number);
  if (found == applied.end()) return false;
  if (found->second == step.sha256) return true;
  return base::error(
      ErrorKind::kConflict,
      Reason("store.migration_changed").with("number", step.number).with("name", std::string(step.name)));
}

base::Status apply_in_transaction(Session& session, const EmbeddedMigration& step) {
  DURE_LET(done, there(session, step));
  if (done) return {};
  if (const auto ran = session.script(std::string(step.text)); !ran.ok()) return failed(step, ran.failure());
  if (const auto noted = write_down(session, step); !noted.ok()) return failed(step, noted.failure());
  return {};
}

base::Status in_transaction(Session& session, const EmbeddedMigration& step) {
  DURE_TRY(session.script(begin_alone_text(session.dialect())));
  if (auto applied = apply_in_transaction(session, step); !applied.ok()) {
    static_cast<void>(session.script("ROLLBACK"));
    return applied;
  }
  return session.script("COMMIT");
}

}  // namespace

std::vector<EmbeddedMigration> migrations_for(Dialect dialect) {
  const std::string_view engine = dialect == Dialect::kSqlite ? "sqlite" : "postgresql";
  std::vector<EmbeddedMigration> steps;
  for (std::size_t i = 0; i < kMigrationCount; ++i)
    if (kMigrations[i].engine.empty() || kMigrations[i].engine == engine) steps.push_back(kMigrations[i]);
  return steps;
}

base::Status migrate(Session& session, const std::vector<EmbeddedMigration>& steps) {
  // Two that make the book at the same moment: PostgreSQL may refuse one of them, and then it is there.
  if (!session.script(kBook).ok()) DURE_TRY(session.script(kBook));
  for (const EmbeddedMigration& step : steps) DURE_TRY(in_transaction(session, step));
  return {};
}

}  // namespace dure::sql
