// The text of a pack with its slots filled: "{end}" becomes the value of the parameter `end`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.h"

namespace dure::notices {

// None where a slot has no value: half a sentence is told to nobody. What stands in braces and is no name of
// a parameter (lower-case letters, digits, underscore) is text. Values are put in as they are, and never read
// again for slots.
std::optional<std::string> fill(std::string_view text, const std::vector<base::ReasonParameter>& values);

}  // namespace dure::notices
