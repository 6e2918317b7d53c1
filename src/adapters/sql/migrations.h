// The schema, as numbered steps that only go forward.
//
// migrations/NNNN_name.sql is one step in SQL that both engines read; where they differ, NNNN_name.sqlite.sql
// and NNNN_name.postgresql.sql are. The files are compiled in. A database keeps in schema_migrations which
// steps it has and the SHA-256 of each; a step that was changed after it was applied is refused. Steps that a
// newer release added are left alone: the last release runs on the new schema (expand first, contract later).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sql/session.h"
#include "base/result.h"

namespace dure::sql {

struct EmbeddedMigration {
  int number = 0;
  std::string_view name;
  std::string_view engine;  // "sqlite", "postgresql", "" for both
  std::string_view sha256;  // of the file, hex
  std::string_view text;
};

// Made at build time from the files, in their order.
extern const EmbeddedMigration* const kMigrations;
extern const std::size_t kMigrationCount;

// The steps for an engine, by number.
std::vector<EmbeddedMigration> migrations_for(Dialect dialect);

// Applies what is missing, each step in a transaction of its own; two processes may do so at once. Fails with
// "store.migration_changed", or with what a step's statement said ("store.migration_failed").
base::Status migrate(Session& session, const std::vector<EmbeddedMigration>& steps);

}  // namespace dure::sql
