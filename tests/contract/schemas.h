// The part of api/openapi.yaml that follows from the field tables.
#pragma once

#include <string>

namespace dure::contract {

inline constexpr const char* kMarker =
    "    # Below: made from the field tables by build/bin/contract_schemas; do not edit.\n";

// YAML, indented to stand in components.schemas.
std::string schemas_yaml();

}  // namespace dure::contract
