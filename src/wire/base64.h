// base64url without padding (RFC 4648, section 5). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dure::wire {

std::string base64url(std::string_view bytes);
// Only what base64url() gives: other characters, padding, and stray bits at the end are refused.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace dure::wire
