#include "adapters/sql/noun_table.h"

#include "base/result.h"

namespace dure::sql {
namespace {

using wire::Form;

Column make_column(const wire::Member& member) {
  Column column{.name = member.name, .member = &member};
  const wire::Shape* shape = member.shape;
  if (shape->form == Form::kOptional) {
    column.nullable = true;
    shape = shape->item;
  }
  const Form form = shape->form;
  const bool number = form == Form::kBool || form == Form::kInteger || form == Form::kInstant;
  column.kind = number ? CellKind::kNumber : CellKind::kText;
  column.nested = form == Form::kReason || form == Form::kList || form == Form::kMap || form == Form::kObject;
  return column;
}

std::string placeholder(std::size_t number) {
  return ":p" + std::to_string(number);
}

void write_select(NounTable& table) {
  std::string names;
  for (const Column& each : table.columns) names += (names.empty() ? "" : ", ") + quoted(each.name);
  table.select = "SELECT " + names + " FROM " + quoted(table.name);
  table.get = table.select + " WHERE id = :p1";
  table.current_version = "SELECT version FROM " + quoted(table.name) + " WHERE id = :p1";
  table.remove = "DELETE FROM " + quoted(table.name) + " WHERE id = :p1";
  std::string values;
  for (std::size_t i = 1; i <= table.columns.size(); ++i) values += (i == 1 ? "" : ", ") + placeholder(i);
  table.insert = "INSERT INTO " + quoted(table.name) + " (" + names + ") VALUES (" + values + ")";
}

// The id is not set anew: to the engines that would be a change of the key that other rows point at.
void write_update(NounTable& table) {
  std::string sets;
  std::size_t next = 1;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i == table.id) continue;
    sets += (sets.empty() ? "" : ", ") + quoted(table.columns[i].name) + " = " + placeholder(next++);
    table.update_kinds.push_back(table.columns[i].kind);
  }
  table.update_kinds.insert(table.update_kinds.end(), {CellKind::kText, CellKind::kNumber});
  table.update = "UPDATE " + quoted(table.name) + " SET " + sets + " WHERE id = " + placeholder(next) +
                 " AND version = " + placeholder(next + 1);
}

bool says_who_may(std::string_view table) {
  return table == "accounts" || table == "role_grants" || table == "sessions" || table == "api_tokens";
}

}  // namespace

const Column& NounTable::column(std::string_view column_name) const {
  return columns[position(column_name)];
}

std::size_t NounTable::position(std::string_view column_name) const {
  std::size_t found = 0;
  while (found < columns.size() && columns[found].name != column_name) ++found;
  DURE_ASSERT(found < columns.size());
  return found;
}

NounTable make_noun_table(std::string_view name, const wire::Shape& shape) {
  DURE_ASSERT(shape.form == Form::kObject);
  NounTable table;
  table.name = name;
  table.access = says_who_may(name);
  for (std::size_t i = 0; i < shape.member_count; ++i) {
    table.columns.push_back(make_column(shape.members[i]));
    table.kinds.push_back(table.columns.back().kind);
  }
  table.id = table.position("id");
  table.version = table.position("version");
  write_select(table);
  write_update(table);
  return table;
}

std::string quoted(std::string_view name) {
  return '"' + std::string(name) + '"';
}

}  // namespace dure::sql
