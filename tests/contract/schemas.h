// The parts of api/openapi.yaml that follow from the field tables.
#pragma once

#include <string>

namespace dure::contract {

inline constexpr const char* kMarker =
    "    # Below: made from the field tables by build/bin/contract_schemas; do not edit.\n";

// The contract with its generated parts made anew: the filters of each list after its Sort, and the schemas
// below the marker. "" where the marker is missing.
std::string renew(const std::string& contract);

}  // namespace dure::contract
