// A layer under which groups of users may bind everything (G9).
#pragma once

namespace dure::tests {

inline constexpr const char* kGroupsBindAll = R"(
format: dure-policy/1
layer: call
id: groups
version: "1"
offer:
  group_binds: {value: [users, nodes, namespaces, registries, volumes], source: "시험", confidence: chosen}
)";

// The same of a programme that names no pools: what it gives may be of any.
inline constexpr const char* kGroupsWithoutPools = R"(
format: dure-policy/1
layer: call
id: groups
version: "1"
offer:
  pools: {value: [], source: "시험", confidence: chosen}
  group_binds: {value: [users, nodes, namespaces, registries, volumes], source: "시험", confidence: chosen}
)";

}  // namespace dure::tests
