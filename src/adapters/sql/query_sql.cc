#include "adapters/sql/query_sql.h"

#include <optional>
#include <utility>
#include <variant>

#include "adapters/sql/codec.h"
#include "wire/cursor.h"
#include "wire/text.h"

namespace dure::sql {
namespace {

using ports::Compare;
using ports::Condition;
using ports::Query;
using ports::Scalar;

bool is_number(const Scalar& value) {
  return std::holds_alternative<std::int64_t>(value);
}

// The statement while it grows. `fault` is the first thing that was wrong with a value.
class Writer {
 public:
  explicit Writer(const NounTable& table) : table_(table) {}

  void add(std::string_view text) { sql_.text += text; }
  void bind(Scalar value) {
    sql_.binds.push_back(std::move(value));
    sql_.text += ":p" + std::to_string(sql_.binds.size());
  }
  // A bind of a value for that column.
  void bind_for(const Column& column, const Scalar& value) {
    DURE_ASSERT(!column.nested && is_number(value) == (column.kind == CellKind::kNumber));
    const auto* text = std::get_if<std::string>(&value);
    if (text && !storable(*text) && !fault_) fault_ = not_storable(column.name);
    bind(value);
  }
  const Column& column(std::string_view name) const { return table_.column(name); }

  base::Result<Sql> take() && {
    if (fault_) return *fault_;
    return std::move(sql_);
  }

 private:
  const NounTable& table_;
  Sql sql_;
  std::optional<base::Error> fault_;
};

std::string_view symbol(Compare compare) {
  switch (compare) {
    case Compare::kEqual:
      return " = ";
    case Compare::kNotEqual:
      return " <> ";
    case Compare::kLess:
      return " < ";
    case Compare::kAtMost:
      return " <= ";
    case Compare::kGreater:
      return " > ";
    default:
      DURE_ASSERT(compare == Compare::kAtLeast);
      return " >= ";
  }
}

void write_in(Writer& out, const Column& column, const std::vector<Scalar>& values) {
  if (values.empty()) return out.add("1 = 0");
  std::size_t places = 1;
  while (places < values.size()) places *= 2;
  out.add(quoted(column.name) + " IN (");
  for (std::size_t i = 0; i < places; ++i) {
    if (i > 0) out.add(", ");
    out.bind_for(column, values[std::min(i, values.size() - 1)]);
  }
  out.add(")");
}

void write_prefix(Writer& out, const Column& column, const Scalar& value) {
  const std::string& prefix = std::get<std::string>(value);
  out.add(quoted(column.name) + " >= ");
  out.bind_for(column, value);
  const std::string end = storable(prefix) ? after_prefix(prefix) : "";
  if (end.empty()) return;
  out.add(" AND " + quoted(column.name) + " < ");
  out.bind(end);
}

void write_condition(Writer& out, const Condition& condition) {
  const Column& column = out.column(condition.field);
  switch (condition.compare) {
    case Compare::kIsNull:
      return out.add(quoted(column.name) + " IS NULL");
    case Compare::kIsNotNull:
      return out.add(quoted(column.name) + " IS NOT NULL");
    case Compare::kIn:
      return write_in(out, column, condition.values);
    default:
      break;
  }
  DURE_ASSERT(condition.values.size() == 1);
  if (condition.compare == Compare::kPrefix) return write_prefix(out, column, condition.values[0]);
  out.add(quoted(column.name));
  out.add(symbol(condition.compare));
  out.bind_for(column, condition.values[0]);
}

void write_all(Writer& out, const std::vector<Condition>& all) {
  if (all.empty()) out.add("1 = 1");
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out.add(" AND ");
    write_condition(out, all[i]);
  }
}

void write_any(Writer& out, const std::vector<std::vector<Condition>>& any) {
  out.add(" AND (");
  for (std::size_t i = 0; i < any.size(); ++i) {
    out.add(i == 0 ? "(" : " OR (");
    write_all(out, any[i]);
    out.add(")");
  }
  out.add(")");
}

// `more`: a condition of the cursor follows.
void write_where(Writer& out, const Query& query, bool more = false) {
  if (query.all.empty() && query.any.empty() && !more) return;
  out.add(" WHERE ");
  write_all(out, query.all);
  if (!query.any.empty()) write_any(out, query.any);
}

std::string order_name(const Query& query) {
  return (query.descending ? "-" : "") + query.order_by;
}

// What comes after (value, id) in the order of a column that may be NULL.
void write_after_nullable(Writer& out, const Column& order, const wire::Cursor& cursor, bool down) {
  const std::string name = quoted(order.name);
  const std::string beyond = down ? " < " : " > ";
  if (!cursor.value) {
    out.add("((" + name + " IS NULL AND id" + beyond);
    out.bind(cursor.id);
    return out.add(down ? "))" : ") OR " + name + " IS NOT NULL)");
  }
  out.add("(" + name + beyond);
  out.bind_for(order, *cursor.value);
  out.add(" OR (" + name + " = ");
  out.bind_for(order, *cursor.value);
  out.add(" AND id" + beyond);
  out.bind(cursor.id);
  out.add(down ? ") OR " + name + " IS NULL)" : "))");
}

void write_after(Writer& out, const Column& order, const wire::Cursor& cursor, bool down) {
  out.add(" AND ");
  const std::string beyond = down ? " < " : " > ";
  if (order.name == "id") {
    out.add("id" + beyond);
    return out.bind(cursor.id);
  }
  if (order.nullable) return write_after_nullable(out, order, cursor, down);
  out.add("(" + quoted(order.name) + ", id)" + beyond + "(");
  out.bind_for(order, *cursor.value);
  out.add(", ");
  out.bind(cursor.id);
  out.add(")");
}

// A forged cursor may hold anything; what cannot be a place in this list is refused.
bool fits(const wire::Cursor& cursor, const Column& order) {
  if (!storable(cursor.id)) return false;
  if (order.name == "id") return !cursor.value;
  if (!cursor.value) return order.nullable;
  const auto* text = std::get_if<std::string>(&*cursor.value);
  return (text != nullptr) == (order.kind == CellKind::kText) && (!text || storable(*text));
}

void write_order(Writer& out, const Column& order, Dialect dialect, bool down) {
  const std::string way = down ? " DESC" : "";
  out.add(" ORDER BY ");
  if (order.name != "id") {
    out.add(quoted(order.name) + way);
    // SQLite's own way; PostgreSQL would put NULL after every value.
    if (order.nullable && dialect == Dialect::kPostgres) out.add(down ? " NULLS LAST" : " NULLS FIRST");
    out.add(", ");
  }
  out.add("id" + way);
}

}  // namespace

base::Result<Sql> build_list(const NounTable& table, Dialect dialect, const Query& query) {
  DURE_ASSERT(query.limit >= 1 && query.limit <= 1000);
  const Column& order = table.column(query.order_by);
  DURE_ASSERT(!order.nested);
  Writer out(table);
  out.add(table.select);
  write_where(out, query, !query.cursor.empty());
  if (!query.cursor.empty()) {
    DURE_LET(cursor, wire::decode_cursor(query.cursor, order_name(query)));
    if (!fits(cursor, order)) return base::invalid(base::Reason("cursor.malformed"));
    write_after(out, order, cursor, query.descending);
  }
  write_order(out, order, dialect, query.descending);
  out.add(" LIMIT ");
  out.bind(query.limit + 1);
  return std::move(out).take();
}

base::Result<Sql> build_count(const NounTable& table, const Query& query) {
  Writer out(table);
  out.add("SELECT COUNT(*) FROM " + quoted(table.name));
  write_where(out, query);
  return std::move(out).take();
}

base::Result<Sql> build_sum(const NounTable& table, std::string_view field, const Query& query) {
  DURE_ASSERT(table.column(field).kind == CellKind::kNumber);
  Writer out(table);
  // PostgreSQL adds 64-bit numbers up to something wider; both engines then refuse what does not fit.
  out.add("SELECT CAST(COALESCE(SUM(" + quoted(field) + "), 0) AS BIGINT) FROM " + quoted(table.name));
  write_where(out, query);
  return std::move(out).take();
}

std::string cursor_after(const Query& query, const Column& order, const Cell& value, const Cell& id) {
  wire::Cursor cursor{order_name(query), std::nullopt, id.text};
  if (order.name != "id" && !value.null) {
    if (order.kind == CellKind::kNumber)
      cursor.value = std::int64_t{value.number};
    else
      cursor.value = value.text;
  }
  return wire::encode_cursor(cursor);
}

std::string after_prefix(std::string_view prefix) {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < prefix.size(); at += wire::utf8_length(prefix, at)) starts.push_back(at);
  for (; !starts.empty(); starts.pop_back()) {
    const std::size_t at = starts.back();
    char32_t point = wire::code_point(prefix, at, wire::utf8_length(prefix, at)) + 1;
    if (point == 0xD800) point = 0xE000;  // no text holds a surrogate
    if (point > 0x10FFFF) continue;
    std::string end(prefix.substr(0, at));
    if (point < 0x80) {
      end += static_cast<char>(point);
    } else if (point < 0x800) {
      end += {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
    } else if (point < 0x10000) {
      end += {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
              static_cast<char>(0x80 | (point & 0x3F))};
    } else {
      end += {static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3F)),
              static_cast<char>(0x80 | (point >> 6 & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
    }
    return end;
  }
  return "";
}

}  // namespace dure::sql
