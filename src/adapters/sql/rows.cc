#include "adapters/sql/rows.h"

#include <utility>
#include <variant>

#include "adapters/sql/codec.h"
#include "adapters/sql/query_sql.h"

namespace dure::sql {
namespace {

using base::ErrorKind;
using base::Reason;

// The failure as it stands, or the one that broke the transaction before.
base::Status usable(const Scope& scope, bool writing) {
  DURE_ASSERT(scope.open && (!writing || scope.writing));
  if (scope.broken) return *scope.broken;
  return {};
}

// What every write does first.
base::Status begin_write(Scope& scope, const NounTable& table) {
  DURE_TRY(usable(scope, true));
  scope.access_written = scope.access_written || table.access;
  return {};
}

base::Error named(base::Error failure, const NounTable& table) {
  for (auto& [name, value] : failure.reason.parameters) {
    // The constraint behind "store.too_long" is called <table>_<field>_short.
    auto* field = name == "field" ? std::get_if<std::string>(&value) : nullptr;
    const std::string lead = std::string(table.name) + "_";
    if (field && field->starts_with(lead)) field->erase(0, lead.size());
  }
  if (!failure.reason.find("table")) failure.reason.with("table", std::string(table.name));
  return failure;
}

// After a failure of the database itself nothing more is tried in this transaction.
base::Error broken_by(Scope& scope, base::Error failure, const NounTable& table) {
  scope.broken = named(std::move(failure), table);
  return *scope.broken;
}

base::Status encode_all(const NounTable& table, const void* noun, Cells& cells) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) DURE_TRY(encode(table.columns[i], noun, cells[i]));
  return {};
}

CellKinds kinds_of(const std::vector<ports::Scalar>& binds) {
  CellKinds kinds;
  for (const auto& each : binds) kinds.push_back(each.index() == 0 ? CellKind::kNumber : CellKind::kText);
  return kinds;
}

void fill(const std::vector<ports::Scalar>& binds, Cells& cells) {
  for (std::size_t i = 0; i < binds.size(); ++i) {
    if (const auto* text = std::get_if<std::string>(&binds[i]))
      cells[i].text = *text;
    else
      cells[i].number = std::get<std::int64_t>(binds[i]);
  }
}

// PostgreSQL ends a transaction at the first refused statement; this refusal is none to it.
std::string insert_text(const NounTable& table, Dialect dialect) {
  return dialect == Dialect::kPostgres ? table.insert + " ON CONFLICT DO NOTHING" : table.insert;
}

// Which rule the row breaks: asked by breaking it, behind a savepoint.
base::Status explain_duplicate(Scope& scope, const NounTable& table, const void* noun) {
  DURE_TRY(scope.session->script("SAVEPOINT explain"));
  DURE_LET(statement, scope.session->prepare(table.insert, table.kinds, {}));
  DURE_TRY(encode_all(table, noun, statement->binds()));
  const auto tried = statement->execute();
  DURE_TRY(scope.session->script(tried.ok() ? "RELEASE explain" : "ROLLBACK TO explain; RELEASE explain"));
  if (!tried.ok()) return named(tried.failure(), table);
  return {};
}

bool is_duplicate(const base::Status& status) {
  return !status.ok() && status.failure().reason.code == "store.duplicate";
}

// Runs a statement with one bind, the id; true where it gave a row.
base::Result<bool> run_for_id(Scope& scope, Statement& statement, const NounTable& table,
                              const std::string& id) {
  if (!storable(id)) return false;
  statement.binds()[0].text = id;
  auto got = statement.execute();
  if (!got.ok()) return broken_by(scope, got.failure(), table);
  return got;
}

// Why an update or a removal found nothing to do.
base::Status missing_or_changed(Scope& scope, const NounTable& table, const std::string& id) {
  auto prepared = scope.session->prepare(table.current_version, {CellKind::kText}, {CellKind::kNumber});
  if (!prepared.ok()) return broken_by(scope, prepared.failure(), table);
  const Finish finish(**prepared);
  DURE_LET(there, run_for_id(scope, **prepared, table, id));
  if (!there) return not_found(table, id);
  Reason reason("store.version");
  reason.with("table", std::string(table.name)).with("id", id).with("stored", (*prepared)->row()[0].number);
  return base::error(ErrorKind::kConflict, reason);
}

base::Result<std::int64_t> number_of(Scope& scope, const NounTable& table, const base::Result<Sql>& sql) {
  if (!sql.ok()) return sql.failure();
  auto number = ask_number(*scope.session, sql->text, sql->binds);
  if (!number.ok()) return broken_by(scope, number.failure(), table);
  return number;
}

}  // namespace

base::Status insert_row(Scope& scope, const NounTable& table, const void* noun) {
  DURE_TRY(begin_write(scope, table));
  const Dialect dialect = scope.session->dialect();
  auto prepared = scope.session->prepare(insert_text(table, dialect), table.kinds, {});
  if (!prepared.ok()) return broken_by(scope, prepared.failure(), table);
  Statement& statement = **prepared;
  DURE_TRY(encode_all(table, noun, statement.binds()));
  base::Status done;
  {
    const Finish finish(statement);
    if (const auto ran = statement.execute(); !ran.ok()) done = named(ran.failure(), table);
  }
  if (done.ok() && dialect == Dialect::kPostgres && statement.affected() == 0)
    done = explain_duplicate(scope, table, noun);
  if (!done.ok() && !is_duplicate(done)) return broken_by(scope, done.failure(), table);
  return done;
}

base::Status update_row(Scope& scope, const NounTable& table, const void* noun, const std::string& id,
                        std::int64_t stored) {
  DURE_TRY(begin_write(scope, table));
  auto prepared = scope.session->prepare(table.update, table.update_kinds, {});
  if (!prepared.ok()) return broken_by(scope, prepared.failure(), table);
  Statement& statement = **prepared;
  Cells& binds = statement.binds();
  std::size_t next = 0;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i == table.id) continue;
    DURE_TRY(encode(table.columns[i], noun, binds[next]));
    if (i == table.version) binds[next].number = stored + 1;
    ++next;
  }
  binds[next].text = id;
  binds[next + 1].number = stored;
  const Finish finish(statement);
  if (const auto ran = statement.execute(); !ran.ok()) return broken_by(scope, ran.failure(), table);
  if (statement.affected() > 0) return {};
  return missing_or_changed(scope, table, id);
}

base::Status remove_row(Scope& scope, const NounTable& table, const std::string& id) {
  DURE_TRY(begin_write(scope, table));
  auto prepared = scope.session->prepare(table.remove, {CellKind::kText}, {});
  if (!prepared.ok()) return broken_by(scope, prepared.failure(), table);
  const Finish finish(**prepared);
  DURE_TRY(run_for_id(scope, **prepared, table, id));
  if (!storable(id) || (*prepared)->affected() == 0) return not_found(table, id);
  return {};
}

base::Result<bool> find_row(Scope& scope, const NounTable& table, const std::string& id, void* noun) {
  DURE_TRY(usable(scope, false));
  auto prepared = scope.session->prepare(table.get, {CellKind::kText}, table.kinds);
  if (!prepared.ok()) return broken_by(scope, prepared.failure(), table);
  const Finish finish(**prepared);
  DURE_LET(found, run_for_id(scope, **prepared, table, id));
  if (found) DURE_TRY(decode_row(table, (*prepared)->row(), noun));
  return found;
}

base::Result<std::string> list_rows(Scope& scope, const NounTable& table, const ports::Query& query,
                                    Sink sink) {
  DURE_TRY(usable(scope, false));
  DURE_LET(sql, build_list(table, scope.session->dialect(), query));
  auto prepared = scope.session->prepare(sql.text, kinds_of(sql.binds), table.kinds);
  if (!prepared.ok()) return broken_by(scope, prepared.failure(), table);
  Statement& statement = **prepared;
  const Finish finish(statement);
  fill(sql.binds, statement.binds());
  const std::size_t order = table.position(query.order_by);
  Cell last_value;
  Cell last_id;
  std::int64_t taken = 0;
  auto got = statement.execute();
  for (; got.ok() && *got && taken < query.limit; got = statement.next()) {
    Cells& row = statement.row();
    if (++taken == query.limit) {
      last_value = row[order];
      last_id = row[table.id];
    }
    DURE_TRY(sink.take(sink.to, table, row));
  }
  if (!got.ok()) return broken_by(scope, got.failure(), table);
  return *got ? cursor_after(query, table.columns[order], last_value, last_id) : std::string();
}

base::Result<std::int64_t> count_rows(Scope& scope, const NounTable& table, const ports::Query& query) {
  DURE_TRY(usable(scope, false));
  return number_of(scope, table, build_count(table, query));
}

base::Result<std::int64_t> sum_rows(Scope& scope, const NounTable& table, std::string_view field,
                                    const ports::Query& query) {
  DURE_TRY(usable(scope, false));
  return number_of(scope, table, build_sum(table, field, query));
}

base::Result<std::int64_t> ask_number(Session& session, const std::string& text,
                                      const std::vector<ports::Scalar>& binds) {
  DURE_LET(statement, session.prepare(text, kinds_of(binds), {CellKind::kNumber}));
  const Finish finish(*statement);
  fill(binds, statement->binds());
  DURE_LET(got, statement->execute());
  if (!got || statement->row()[0].null)
    return store_error(ErrorKind::kInternal, "store.failed", "no number came");
  return std::int64_t{statement->row()[0].number};
}

base::Error not_found(const NounTable& table, const std::string& id) {
  return base::error(ErrorKind::kNotFound,
                     Reason("store.not_found").with("table", std::string(table.name)).with("id", id));
}

}  // namespace dure::sql
