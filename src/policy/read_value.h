// From a YAML node to a value of a type, with every finding on the way. Internal to policy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/layer.h"
#include "policy/type.h"
#include "policy/yaml_tree.h"

namespace dure::policy {

using Findings = std::vector<Finding>;

void report(Findings& findings, std::string pointer, Position position, base::Reason reason);

// The checked and normalised value ("8 GPU" becomes 8000), or none with at least one finding added.
std::optional<Value> read_value(const YamlNode& node, const Type& type, const std::string& pointer,
                                Findings& findings);

// True for the plain word "none" where the type is optional.
bool says_none(const YamlNode& node, const Type& type);

}  // namespace dure::policy
