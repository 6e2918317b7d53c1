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

// The parameter's value; kInvalid "http.parameter_missing" {parameter} where there is none, or an empty one.
base::Result<std::string> demand_parameter(const net::Request& request, const std::string& name);

}  // namespace dure::server
