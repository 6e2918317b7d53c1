#include "adapters/sql/transaction.h"

#include "adapters/sql/codec.h"
#include "adapters/sql/table.h"

namespace dure::sql {

struct SqlTransaction::Tables {
  explicit Tables(Scope& scope) : scope_(scope) {}
  Scope& scope_;
#define DURE_SQL_TABLE(Noun, name) Table<model::Noun> name{scope_};
  DURE_SQL_NOUNS(DURE_SQL_TABLE)
#undef DURE_SQL_TABLE
};

#define DURE_SQL_REPOSITORY(Noun, name)                    \
  ports::Repository<model::Noun>& SqlTransaction::name() { \
    return tables_->name;                                  \
  }
DURE_SQL_NOUNS(DURE_SQL_REPOSITORY)
#undef DURE_SQL_REPOSITORY

SqlTransaction::SqlTransaction(Session& session, ports::Access access, AccessChanges& changes)
    : scope_{.session = &session, .writing = access == ports::Access::kWrite},
      changes_(changes),
      tables_(std::make_unique<Tables>(scope_)) {}

SqlTransaction::~SqlTransaction() = default;

base::Result<std::int64_t> SqlTransaction::next_number(const std::string& series, std::int64_t first) {
  DURE_ASSERT(scope_.open && scope_.writing);
  if (scope_.broken) return *scope_.broken;
  if (!storable(series)) return not_storable("series");
  auto number = take_number(series, first);
  if (!number.ok()) scope_.broken = number.failure();
  return number;
}

base::Status SqlTransaction::commit() {
  DURE_ASSERT(scope_.open);
  scope_.open = false;
  if (!scope_.broken) {
    base::Status ended = end(true);
    // Also after a failure: whether it lasted is then not always known.
    if (scope_.access_written) ++changes_;
    return ended;
  }
  static_cast<void>(end(false));
  return *scope_.broken;
}

void SqlTransaction::end_if_open() {
  if (!scope_.open) return;
  scope_.open = false;
  static_cast<void>(end(false));
}

base::Result<std::int64_t> count_up(Session& session, const std::string& series, std::int64_t first) {
  return ask_number(session,
                    "INSERT INTO counters (series, next) VALUES (:p1, :p2) "
                    "ON CONFLICT (series) DO UPDATE SET next = counters.next + 1 RETURNING next - 1",
                    {series, first + 1});
}

}  // namespace dure::sql
