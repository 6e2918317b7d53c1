// Reading of Podman's answers: members by name, with a default where one is absent or of another type.
//
// Podman's answers differ in small ways between versions, so nothing here fails: what must be there is
// checked by the caller. Pure functions, no exceptions.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dure::podman {

// The value of a JSON text, or nullopt when it is not JSON or nested deeper than 32 levels.
std::optional<boost::json::value> parse_json(std::string_view text);

// The member of an object, or nullptr; of anything else, nullptr.
const boost::json::value* member(const boost::json::value& object, std::string_view name);

std::string text_of(const boost::json::value& object, std::string_view name);
std::int64_t number_of(const boost::json::value& object, std::string_view name);
bool flag_of(const boost::json::value& object, std::string_view name);
// The text members of the object `name`.
std::map<std::string, std::string> texts_of(const boost::json::value& object, std::string_view name);

}  // namespace dure::podman
