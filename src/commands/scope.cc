#include "commands/scope.h"

#include <optional>
#include <vector>

namespace dure::commands {
namespace {

// The clause as conditions on the noun's columns; none where it asks for a scope that the noun does not have,
// and so lets no row in.
std::optional<std::vector<ports::Condition>> conditions_of(const access::Clause& clause,
                                                           const ScopeColumns& columns) {
  std::vector<ports::Condition> conditions;
  bool expressible = true;
  const auto add = [&](const std::optional<std::string>& id, std::string_view column) {
    if (!id) return;
    if (column.empty())
      expressible = false;
    else
      conditions.push_back({std::string(column), ports::Compare::kEqual, {*id}});
  };
  add(clause.programme_id, columns.programme);
  add(clause.project_id, columns.project);
  add(clause.application_id, columns.application);
  add(clause.node_id, columns.node);
  add(clause.account_id, columns.account);
  if (!expressible) return std::nullopt;
  return conditions;
}

}  // namespace

bool restrict(ports::Query& query, const access::ListScope& scope, const ScopeColumns& columns) {
  if (scope.everything()) return true;
  for (const auto& clause : scope.any)
    if (auto conditions = conditions_of(clause, columns)) query.any.push_back(std::move(*conditions));
  return !query.any.empty();
}

}  // namespace dure::commands
