// The version that the programs say of themselves.
#pragma once

#include <string_view>

namespace dure::server {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace dure::server
