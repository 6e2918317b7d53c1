// Examples as people edit them.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

namespace dure::cli {

// Two spaces a level; what has no members of its own stays on one line. Members that are null stand for what
// is left out, and are left out.
std::string example_text(boost::json::value example);

}  // namespace dure::cli
