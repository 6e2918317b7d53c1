// The table of a noun: its columns, found from the field table (through wire/shape.h), and the statements
// that never change. Made once per noun; of static lifetime.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sql/cell.h"
#include "model/fields.h"
#include "wire/shape.h"

namespace dure::sql {

enum class Dialect { kSqlite, kPostgres };

struct Column {
  std::string_view name;
  CellKind kind = CellKind::kText;
  bool nullable = false;
  bool nested = false;  // JSON text: not for conditions, orders and sums
  const wire::Member* member = nullptr;
};

struct NounTable {
  std::string_view name;
  std::vector<Column> columns;  // in the order of the field table
  std::size_t id = 0;           // positions in it
  std::size_t version = 0;
  CellKinds kinds;      // of the columns
  bool access = false;  // says who may do what (ports::Store::access_changes)

  std::string select;  // "SELECT <columns> FROM <table>"
  std::string get;     // + by id
  std::string insert;  // binds: the columns
  std::string update;  // binds: the columns but the id, the id, the stored version
  CellKinds update_kinds;
  std::string remove;           // bind: the id
  std::string current_version;  // bind: the id

  // The column of that name. REQUIRES: there is one.
  const Column& column(std::string_view column_name) const;
  std::size_t position(std::string_view column_name) const;
};

NounTable make_noun_table(std::string_view name, const wire::Shape& shape);

template <model::Stored Noun>
const NounTable& noun_table() {
  static const NounTable table = make_noun_table(model::Fields<Noun>::kTable, wire::kShape<Noun>);
  return table;
}

// A name in double quotes, as both engines read it.
std::string quoted(std::string_view name);

}  // namespace dure::sql
