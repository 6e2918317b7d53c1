#include "wire/cursor.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "wire/base64.h"
#include "wire/json.h"
#include "wire/text.h"

namespace dure::wire {
namespace {

namespace json = boost::json;

constexpr Limits kCursorLimits{.max_bytes = 4096, .max_depth = 2};

base::Error malformed() {
  return base::invalid(base::Reason("cursor.malformed").with("parameter", "cursor"));
}

std::optional<std::string> text_of(const json::object& object, json::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string().data(), value->get_string().size());
}

// False where the value is of another type than a cursor's.
bool read_value(Cursor& into, const json::value& source) {
  if (const auto* number = source.if_int64())
    into.value = *number;
  else if (const auto* text = source.if_string())
    into.value = std::string(text->data(), text->size());
  else if (!source.is_null())
    return false;
  return true;
}

}  // namespace

std::string encode_cursor(const Cursor& cursor) {
  std::string text = "{\"o\":";
  append_quoted(text, cursor.order);
  text += ",\"v\":";
  if (!cursor.value)
    text += "null";
  else if (const auto* number = std::get_if<std::int64_t>(&*cursor.value))
    append_number(text, *number);
  else
    append_quoted(text, std::get<std::string>(*cursor.value));
  text += ",\"i\":";
  append_quoted(text, cursor.id);
  return base64url(text + "}");
}

base::Result<Cursor> decode_cursor(std::string_view text, std::string_view order) {
  if (text.size() > 2 * kCursorLimits.max_bytes) return malformed();
  const auto bytes = from_base64url(text);
  if (!bytes) return malformed();
  const auto tree = parse(*bytes, kCursorLimits);
  if (!tree.ok() || !tree->is_object()) return malformed();
  const auto& object = tree->get_object();
  const auto found_order = text_of(object, "o");
  const auto id = text_of(object, "i");
  const auto* value = object.if_contains("v");
  if (!found_order || !id || !value) return malformed();
  Cursor cursor{*found_order, std::nullopt, *id};
  if (!read_value(cursor, *value) || encode_cursor(cursor) != text) return malformed();
  if (cursor.order != order)
    return base::invalid(base::Reason("cursor.other_list").with("parameter", "cursor"));
  return cursor;
}

}  // namespace dure::wire
