#include "adapters/sql/codec.h"

#include <utility>

#include "adapters/sql/nested.h"
#include "wire/json_impl.h"
#include "wire/row_text.h"
#include "wire/text.h"

namespace dure::sql {
namespace {

using wire::Form;
using wire::Shape;

bool texts_storable(const Shape& shape, void* value);

bool list_storable(const Shape& shape, const void* list) {
  for (std::size_t i = 0; i < shape.size(list); ++i)
    if (!texts_storable(*shape.item, const_cast<void*>(shape.at(list, i)))) return false;
  return true;
}

bool map_storable(const Shape& shape, const void* map) {
  struct Walk {
    const Shape* item;
    bool good = true;
  } walk{shape.item};
  shape.each(map, &walk, [](void* context, const std::string& key, const void* value) {
    auto& state = *static_cast<Walk*>(context);
    state.good = state.good && storable(key) && texts_storable(*state.item, const_cast<void*>(value));
  });
  return walk.good;
}

bool reason_storable(const base::Reason& reason) {
  bool good = storable(reason.code);
  for (const auto& [name, value] : reason.parameters) {
    good = good && storable(name);
    if (const auto* text = std::get_if<std::string>(&value)) good = good && storable(*text);
  }
  return good;
}

bool object_storable(const Shape& shape, void* object) {
  for (std::size_t i = 0; i < shape.member_count; ++i)
    if (!texts_storable(*shape.members[i].shape, shape.members[i].of(object))) return false;
  return true;
}

bool texts_storable(const Shape& shape, void* value) {
  switch (shape.form) {
    case Form::kText:
      return storable(*shape.text(value));
    case Form::kReason:
      return reason_storable(*static_cast<const base::Reason*>(value));
    case Form::kOptional: {
      const void* held = shape.held(value);
      return !held || texts_storable(*shape.item, const_cast<void*>(held));
    }
    case Form::kList:
      return list_storable(shape, value);
    case Form::kMap:
      return map_storable(shape, value);
    case Form::kObject:
      return object_storable(shape, value);
    default:
      return true;
  }
}

// False where a text is not storable.
bool write_cell(const Shape& shape, void* value, Cell& cell) {
  cell.null = false;
  switch (shape.form) {
    case Form::kBool:
      cell.number = *static_cast<bool*>(value) ? 1 : 0;
      return true;
    case Form::kInteger:
      cell.number = *shape.integer(value);
      return true;
    case Form::kInstant:
      cell.number = static_cast<base::Instant*>(value)->us;
      return true;
    case Form::kText:
      cell.text = *shape.text(value);
      return storable(cell.text);
    case Form::kEnum:
      cell.text = shape.name(value);
      return true;
    case Form::kDate:
      cell.text.clear();
      wire::append_date(cell.text, *static_cast<base::Date*>(value));
      return true;
    default:
      cell.text.clear();
      wire::write_shape(cell.text, shape, value, wire::Out::everything());
      return texts_storable(shape, value);
  }
}

bool read_text(const Shape& shape, Cell& cell, void* value) {
  switch (shape.form) {
    case Form::kText:
      *shape.text(value) = std::move(cell.text);
      return true;
    case Form::kEnum:
      return shape.set_name(value, cell.text);
    case Form::kDate: {
      const auto date = base::parse_date(cell.text);
      if (date) *static_cast<base::Date*>(value) = *date;
      return date.has_value();
    }
    default:
      return read_nested(shape, cell.text, value);
  }
}

bool read_cell(const Shape& shape, Cell& cell, void* value) {
  switch (shape.form) {
    case Form::kBool:
      *static_cast<bool*>(value) = cell.number != 0;
      return cell.number == 0 || cell.number == 1;
    case Form::kInteger:
      *shape.integer(value) = cell.number;
      return true;
    case Form::kInstant:
      static_cast<base::Instant*>(value)->us = cell.number;
      return true;
    default:
      return read_text(shape, cell, value);
  }
}

}  // namespace

bool storable(std::string_view text) {
  return text.find('\0') == std::string_view::npos && wire::invalid_utf8_at(text) == std::string_view::npos;
}

base::Error not_storable(std::string_view field) {
  base::Reason reason("store.text", {{"field", std::string(field)}});
  return base::invalid(reason, {{"/" + wire::pointer_token(field), reason}});
}

base::Status encode(const Column& column, const void* noun, Cell& cell) {
  void* value = column.member->of(const_cast<void*>(noun));
  const Shape* shape = column.member->shape;
  if (shape->form == Form::kOptional) {
    value = const_cast<void*>(shape->held(value));
    shape = shape->item;
    cell.null = !value;
    if (!value) return {};
  }
  if (!write_cell(*shape, value, cell)) return not_storable(column.name);
  return {};
}

base::Status decode(const NounTable& table, const Column& column, Cell& cell, void* noun) {
  void* value = column.member->of(noun);
  const Shape* shape = column.member->shape;
  bool good = !cell.null || column.nullable;
  if (shape->form == Form::kOptional && cell.null) {
    shape->clear(value);
  } else if (good && !cell.null) {
    if (shape->form == Form::kOptional) {
      value = shape->hold(value);
      shape = shape->item;
    }
    good = read_cell(*shape, cell, value);
  }
  if (good) return {};
  return base::error(base::ErrorKind::kInternal,
                     base::Reason("store.corrupt",
                                  {{"table", std::string(table.name)}, {"field", std::string(column.name)}}));
}

base::Status decode_row(const NounTable& table, Cells& row, void* noun) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    DURE_TRY(decode(table, table.columns[i], row[i], noun));
  return {};
}

bool append_row_text(const NounTable& table, const Cells& row, std::string& text) {
  const std::size_t before = text.size();
  wire::RowText out(text, wire::Out{});
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    const Cell& cell = row[i];
    bool good = true;
    if (cell.null)
      good = column.nullable, out.null(*column.member);
    else if (column.kind == CellKind::kNumber)
      out.number(*column.member, cell.number);
    else if (column.nested)
      good = out.nested(*column.member, cell.text);
    else
      out.text(*column.member, cell.text);
    if (good) continue;
    text.resize(before);
    return false;
  }
  out.end();
  return true;
}

}  // namespace dure::sql
