#include "adapters/sql/store.h"

#include <string_view>
#include <utility>

#include "adapters/sql/postgres_store.h"
#include "adapters/sql/sqlite_store.h"

namespace dure::sql {

base::Result<std::unique_ptr<ports::Store>> open_store(const std::string& url, const StoreOptions& options) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
    DURE_LET(store, SqliteStore::open(url.substr(kSqlite.size()), options));
    return std::unique_ptr<ports::Store>(std::move(store));
  }
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    DURE_LET(store, PostgresStore::open(url, options));
    return std::unique_ptr<ports::Store>(std::move(store));
  }
  return base::invalid(base::Reason("store.url"));
}

}  // namespace dure::sql
