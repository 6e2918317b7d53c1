#include "scenario/values.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace dure::scenario {
namespace {

namespace json = boost::json;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

json::value typed(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  if (text == "null" || text.empty()) return nullptr;
  // A leading zero is that of a telephone number.
  if (const auto number = whole_number(text); number && (text == "0" || text[0] != '0')) return *number;
  return json::value(text);
}

// The one name that the scalar consists of; none where there is other text, or a name within the name.
std::optional<std::string> lone_name(const std::string& text) {
  if (!text.starts_with("${") || text.find('}') != text.size() - 1) return std::nullopt;
  if (text.find("${", 2) != std::string::npos) return std::nullopt;
  return text.substr(2, text.size() - 3);
}

base::Error unknown(const std::string& name) {
  return base::invalid(base::Reason("scenario.name_unknown").with("name", name));
}

base::Result<json::value> scalar(const policy::YamlNode& node, const Bindings& bindings) {
  if (const auto name = lone_name(node.text)) {
    const auto found = bindings.find(*name);
    if (found == bindings.end()) return unknown(*name);
    return found->second;
  }
  DURE_LET(text, fill_in(node.text, bindings));
  if (node.quoted) return json::value(text);
  return typed(text);
}

std::vector<std::string> segments(std::string_view path) {
  std::vector<std::string> found(1);
  int depth = 0;
  for (const char c : path) {
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (c == '/' && depth == 0)
      found.emplace_back();
    else
      found.back() += c;
  }
  return found;
}

json::value element(const json::array& items, const std::string& segment) {
  if (segment == "#") return static_cast<std::int64_t>(items.size());
  if (segment.starts_with('[') && segment.ends_with(']')) {
    const auto equals = segment.find('=');
    if (equals == std::string::npos) return nullptr;
    const std::string member = segment.substr(1, equals - 1);
    const std::string text = segment.substr(equals + 1, segment.size() - equals - 2);
    for (const auto& item : items)
      if (text_of(part_of(item, member)) == text) return item;
    return nullptr;
  }
  const auto index = whole_number(segment);
  if (!index || *index < 0 || *index >= static_cast<std::int64_t>(items.size())) return nullptr;
  return items[static_cast<std::size_t>(*index)];
}

}  // namespace

base::Result<std::string> fill_in(std::string text, const Bindings& bindings) {
  for (auto open = text.rfind("${"); open != std::string::npos; open = text.rfind("${")) {
    const auto close = text.find('}', open);
    if (close == std::string::npos) return unknown(text.substr(open));
    const std::string name = text.substr(open + 2, close - open - 2);
    const auto found = bindings.find(name);
    if (found == bindings.end()) return unknown(name);
    text.replace(open, close - open + 1, text_of(found->second));
  }
  return text;
}

base::Result<json::value> to_json(const policy::YamlNode& node, const Bindings& bindings) {
  using Kind = policy::YamlNode::Kind;
  if (node.kind == Kind::kNull) return json::value(nullptr);
  if (node.kind == Kind::kScalar) return scalar(node, bindings);
  if (node.kind == Kind::kList) {
    json::array items;
    for (const auto& item : node.items) {
      DURE_LET(value, to_json(item, bindings));
      items.push_back(value);
    }
    return json::value(std::move(items));
  }
  json::object object;
  for (const auto& member : node.members) {
    DURE_LET(key, fill_in(member.key, bindings));
    DURE_LET(value, to_json(member.value, bindings));
    object[key] = value;
  }
  return json::value(std::move(object));
}

json::value part_of(const json::value& value, std::string_view path) {
  json::value here = value;
  for (const auto& segment : segments(path)) {
    json::value next = nullptr;
    if (const auto* object = here.if_object()) {
      if (const auto* member = object->if_contains(segment)) next = *member;
    } else if (const auto* array = here.if_array()) {
      next = element(*array, segment);
    }
    here = std::move(next);
  }
  return here;
}

std::string text_of(const json::value& value) {
  if (const auto* text = value.if_string()) return {text->data(), text->size()};
  return json::serialize(value);
}

}  // namespace dure::scenario
