// The query parameters that a route takes: any other is refused, and so is one that comes twice.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "net/message.h"

namespace dure::server {

// kInvalid "http.parameter_unknown" or, with the nearest known name, "http.parameter_unknown_near";
// "http.parameter_repeated"; each with {parameter}.
base::Status check_parameters(const net::Request& request, const std::vector<std::string>& known);

}  // namespace dure::server
