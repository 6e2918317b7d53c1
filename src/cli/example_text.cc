#include "cli/example_text.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "wire/json.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

void drop_nulls(json::value& value) {
  if (auto* array = value.if_array())
    for (auto& each : *array) drop_nulls(each);
  auto* object = value.if_object();
  if (object == nullptr) return;
  json::object kept;
  for (auto& member : *object) {
    if (member.value().is_null()) continue;
    drop_nulls(member.value());
    kept[member.key()] = member.value();
  }
  *object = std::move(kept);
}

std::string indented_json(const json::value& value, const std::string& margin = "") {
  const std::string inner = margin + "  ";
  std::string text;
  if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    for (const auto& each : *array)
      text += (text.empty() ? "[\n" : ",\n") + inner + indented_json(each, inner);
    return text + "\n" + margin + "]";
  }
  const auto* object = value.if_object();
  const bool flat = object == nullptr || std::none_of(object->begin(), object->end(), [](const auto& member) {
                      return member.value().is_object() || member.value().is_array();
                    });
  if (flat) return wire::write(value);
  for (const auto& member : *object)
    text += (text.empty() ? "{\n" : ",\n") + inner + json::serialize(member.key()) + ": " +
            indented_json(member.value(), inner);
  return text + "\n" + margin + "}";
}

}  // namespace

std::string example_text(json::value example) {
  drop_nulls(example);
  return indented_json(example);
}

}  // namespace dure::cli
