#include "adapters/podman/json.h"

namespace dure::podman {

namespace json = boost::json;

std::optional<json::value> parse_json(std::string_view text) {
  json::error_code failure;
  json::parse_options options;
  options.max_depth = 32;
  json::value value = json::parse({text.data(), text.size()}, failure, {}, options);
  if (failure) return std::nullopt;
  return value;
}

const json::value* member(const json::value& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  return object.get_object().if_contains({name.data(), name.size()});
}

std::string text_of(const json::value& object, std::string_view name) {
  const json::value* found = member(object, name);
  if (found == nullptr || !found->is_string()) return {};
  return std::string(found->get_string());
}

std::int64_t number_of(const json::value& object, std::string_view name) {
  const json::value* found = member(object, name);
  if (found == nullptr) return 0;
  if (found->is_int64()) return found->get_int64();
  return 0;
}

bool flag_of(const json::value& object, std::string_view name) {
  const json::value* found = member(object, name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::map<std::string, std::string> texts_of(const json::value& object, std::string_view name) {
  std::map<std::string, std::string> texts;
  const json::value* found = member(object, name);
  if (found == nullptr || !found->is_object()) return texts;
  for (const auto& [key, value] : found->get_object()) {
    if (value.is_string()) texts.emplace(std::string(key), std::string(value.get_string()));
  }
  return texts;
}

}  // namespace dure::podman
