// Text to tree and back, pointers and patches.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <vector>

#include "wire/json.h"
#include "wire/text.h"

namespace dure::wire {
namespace {

namespace json = boost::json;

std::vector<const json::key_value_pair*> members_of(const json::object& object, bool sorted) {
  std::vector<const json::key_value_pair*> members;
  members.reserve(object.size());
  for (const auto& each : object) members.push_back(&each);
  if (sorted)
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
  return members;
}

// 6.327, where Boost.JSON writes 6.327E0. What would look like a whole number stays in its form.
void append_fraction(std::string& out, const json::value& value) {
  char buffer[32];
  const std::string_view text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value.get_double()).ptr);
  if (text.find_first_of(".e") == std::string_view::npos)
    out += json::serialize(value);
  else
    out += text;
}

void append(std::string& out, const json::value& value, bool sorted);

void append_object(std::string& out, const json::object& object, bool sorted) {
  out.push_back('{');
  bool first = true;
  for (const auto* each : members_of(object, sorted)) {
    if (!first) out.push_back(',');
    first = false;
    append_quoted(out, each->key());
    out.push_back(':');
    append(out, each->value(), sorted);
  }
  out.push_back('}');
}

void append_array(std::string& out, const json::array& array, bool sorted) {
  out.push_back('[');
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out.push_back(',');
    append(out, array[i], sorted);
  }
  out.push_back(']');
}

void append(std::string& out, const json::value& value, bool sorted) {
  if (const auto* object = value.if_object()) return append_object(out, *object, sorted);
  if (const auto* array = value.if_array()) return append_array(out, *array, sorted);
  if (const auto* string = value.if_string()) return append_quoted(out, {string->data(), string->size()});
  if (const auto* number = value.if_int64()) return append_number(out, *number);
  if (value.is_double()) return append_fraction(out, value);
  out += json::serialize(value);
}

}  // namespace

std::string write(const json::value& value) {
  std::string out;
  append(out, value, false);
  return out;
}

std::string write_canonical(const json::value& value) {
  std::string out;
  append(out, value, true);
  return out;
}

json::value apply_patch(json::value target, const json::value& patch) {
  const json::object* changes = patch.if_object();
  if (!changes) return patch;
  json::object result = target.is_object() ? std::move(target.get_object()) : json::object();
  for (const auto& change : *changes) {
    if (change.value().is_null()) {
      result.erase(change.key());
      continue;
    }
    json::value& member = result[change.key()];
    member = apply_patch(std::move(member), change.value());
  }
  return result;
}

std::string pointer_token(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out.push_back(c);
  }
  return out;
}

}  // namespace dure::wire
