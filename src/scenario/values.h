// The values of a scenario: what steps keep by name, and how a step's text speaks of it.
//
//   ${name}            what was kept under that name; alone in a scalar it keeps its type
//   application_${who} inner names first, so that procedures can make names of their parameters
//
// A path picks a part of an answer: members by "/", array elements by number, "[member=text]" for the first
// element whose member reads so, "#" for how many there are: "items/[login=hong01]/state", "lines/#".
//
// Pure functions.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/yaml_tree.h"

namespace dure::scenario {

using Bindings = std::map<std::string, boost::json::value>;

// The text with every name replaced. kInvalid "scenario.name_unknown" {name}.
base::Result<std::string> fill_in(std::string text, const Bindings& bindings);

// A node of the script as JSON. Plain scalars are whole numbers, true, false or null where they read so, and
// text otherwise; quoted ones are text.
base::Result<boost::json::value> to_json(const policy::YamlNode& node, const Bindings& bindings);

// The part at the path; null where there is none.
boost::json::value part_of(const boost::json::value& value, std::string_view path);

// As people read it: text as it stands, everything else as JSON.
std::string text_of(const boost::json::value& value);

}  // namespace dure::scenario
