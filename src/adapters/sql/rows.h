// What every repository does, over a table and a pointer to a noun: the one copy of this code.
//
// Writes that the database itself refuses leave a transaction that can only be rolled back: every later call
// returns the same failure. Three refusals do not: a duplicate on insert, another version, and no such row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/sql/noun_table.h"
#include "adapters/sql/session.h"
#include "base/result.h"
#include "ports/query.h"

namespace dure::sql {

// What the repositories of one transaction share.
struct Scope {
  Session* session = nullptr;
  bool writing = false;
  bool open = true;                     // until commit
  bool access_written = false;          // who may do what
  std::optional<base::Error> broken{};  // why it can only be rolled back
};

// REQUIRES of all: `noun` points to a value of the type whose table this is; scope.open; of writes:
// scope.writing.
base::Status insert_row(Scope& scope, const NounTable& table, const void* noun);
// Writes the row as the version after `stored`. Fails with "store.version", "store.not_found".
base::Status update_row(Scope& scope, const NounTable& table, const void* noun, const std::string& id,
                        std::int64_t stored);
base::Status remove_row(Scope& scope, const NounTable& table, const std::string& id);
// False where there is no such row.
base::Result<bool> find_row(Scope& scope, const NounTable& table, const std::string& id, void* noun);

// Where the rows of a list go, one after the other; take() may move the texts out of the cells.
struct Sink {
  void* to = nullptr;
  base::Status (*take)(void* to, const NounTable& table, Cells& row) = nullptr;
};
// Returns the cursor of the next page, "" where there is none.
base::Result<std::string> list_rows(Scope& scope, const NounTable& table, const ports::Query& query,
                                    Sink sink);
base::Result<std::int64_t> count_rows(Scope& scope, const NounTable& table, const ports::Query& query);
base::Result<std::int64_t> sum_rows(Scope& scope, const NounTable& table, std::string_view field,
                                    const ports::Query& query);

// One whole number from one statement; for what has no noun.
base::Result<std::int64_t> ask_number(Session& session, const std::string& text,
                                      const std::vector<ports::Scalar>& binds);

base::Error not_found(const NounTable& table, const std::string& id);

}  // namespace dure::sql
