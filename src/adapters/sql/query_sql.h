// From a ports::Query to one statement with binds. Pure.
//
// Values are bound, never written into the text; field names come from the noun's own table (another name is
// a broken promise). NULL satisfies no comparison but kIsNull, and sorts before every value. Text compares by
// its bytes. A list of kIn is filled up to the next power of two with its last value, so that few texts arise
// and a prepared statement is found again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/sql/noun_table.h"
#include "base/result.h"
#include "ports/query.h"

namespace dure::sql {

struct Sql {
  std::string text;  // binds are :p1, :p2, … in order, each once
  std::vector<ports::Scalar> binds;
};

// The page that the query asks for, and one row more where there is one. Fails with "cursor.malformed",
// "cursor.other_list" or "store.text". REQUIRES: query.limit is 1 to 1000.
base::Result<Sql> build_list(const NounTable& table, Dialect dialect, const ports::Query& query);
base::Result<Sql> build_count(const NounTable& table, const ports::Query& query);
// REQUIRES: the field is a whole number.
base::Result<Sql> build_sum(const NounTable& table, std::string_view field, const ports::Query& query);

// The cursor after a row, from its cells of the order's column and of the id.
std::string cursor_after(const ports::Query& query, const Column& order, const Cell& value, const Cell& id);

// The smallest text greater than every text with this prefix; "" where there is none. REQUIRES: UTF-8.
std::string after_prefix(std::string_view prefix);

}  // namespace dure::sql
