// From a YAML tree to a layer. Internal to policy; layer.h has the public door.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/layer.h"
#include "policy/read_value.h"
#include "policy/yaml_tree.h"

namespace dure::policy {

inline constexpr std::string_view kLayerFormat = "dure-policy/1";
inline constexpr std::string_view kPackFormat = "dure-policy-pack/1";

// The layer as far as it could be read; it is of use only where no finding is an error.
Layer read_layer(const YamlNode& root, std::string_view name, Findings& findings);

// The error that tells all findings.
base::Error refusal(std::string code, std::string_view name, const Findings& findings);

// JSON pointer of a dotted key: "/account/max_sessions".
std::string key_pointer(std::string_view key);

bool has_error(const Findings& findings);

// What stands in the way of merging the layers, each with file, line and column of the value (merge.cc).
Findings findings_of_merge(const std::vector<Layer>& layers);

// Canonical JSON of the layer's content.
std::string canonical_of(const Layer& layer);

}  // namespace dure::policy
