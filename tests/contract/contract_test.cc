// The contract against the code: its schemas and filters against the field tables, its paths and their query
// parameters against the routes.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "contract/schemas.h"
#include "server/event_hub.h"
#include "server/routes/routes.h"

namespace dure::contract {
namespace {

// (method, path) and the query parameters of each.
using Operations = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

std::string contract_text() {
  std::ifstream file("api/openapi.yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Contract, SchemasAndFiltersAreThoseOfTheFieldTables) {
  const std::string text = contract_text();
  EXPECT_EQ(text, renew(text)) << "run build/bin/contract_schemas, and look at what changed";
}

// The name of the query parameter that the line declares, "" for none.
std::string query_parameter(const std::string& line) {
  static const std::map<std::string, std::string> kShared{
      {"Limit", "limit"}, {"Cursor", "cursor"}, {"Sort", "sort"}};
  const std::string shared = "        - {$ref: '#/components/parameters/";
  if (line.starts_with(shared)) {
    const auto found =
        kShared.find(line.substr(shared.size(), line.find('\'', shared.size()) - shared.size()));
    return found == kShared.end() ? "" : found->second;
  }
  const std::string own = "        - {name: ";
  if (!line.starts_with(own) || line.find(", in: query,") == std::string::npos) return "";
  return line.substr(own.size(), line.find(',') - own.size());
}

// Of the paths section: two spaces before a path, four before a method, eight before a parameter.
Operations contract_operations() {
  Operations found;
  std::ifstream file("api/openapi.yaml");
  std::string path;
  std::set<std::string>* parameters = nullptr;
  bool in_paths = false;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != ' ') in_paths = line == "paths:";
    if (!in_paths) continue;
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    for (const std::string method : {"get", "post", "put", "delete"})
      if (line == "    " + method + ":") {
        std::string upper = method;
        std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
        parameters = &found[{upper, path}];
      }
    if (const auto name = query_parameter(line); !name.empty() && parameters) parameters->insert(name);
  }
  return found;
}

Operations route_operations() {
  // The routes are only added, never called: what they refer to need not be there.
  alignas(server::Api) unsigned char nowhere[sizeof(server::Api)];
  auto& api = reinterpret_cast<server::Api&>(nowhere);
  alignas(server::EventHub) unsigned char no_hub[sizeof(server::EventHub)];
  server::Router router;
  server::add_all_routes(router, api, reinterpret_cast<server::EventHub&>(no_hub));
  Operations found;
  for (const auto& row : router.table())
    found[{row.method, row.pattern}] = {row.parameters.begin(), row.parameters.end()};
  return found;
}

TEST(Contract, EveryRouteStandsInItWithItsParametersAndEveryPathHasARoute) {
  const auto routes = route_operations();
  const auto operations = contract_operations();
  for (const auto& [operation, parameters] : routes) {
    const auto found = operations.find(operation);
    ASSERT_NE(found, operations.end()) << operation.first << " " << operation.second;
    EXPECT_EQ(found->second, parameters) << operation.first << " " << operation.second;
  }
  for (const auto& [operation, parameters] : operations)
    EXPECT_TRUE(routes.count(operation)) << operation.first << " " << operation.second;
}

}  // namespace
}  // namespace dure::contract
