// The contract against the code: its schemas against the field tables, its paths against the routes.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "contract/schemas.h"
#include "server/event_hub.h"
#include "server/routes/routes.h"

namespace dure::contract {
namespace {

std::string contract_text() {
  std::ifstream file("api/openapi.yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Contract, SchemasAreThoseOfTheFieldTables) {
  const std::string text = contract_text();
  const auto marker = text.find(kMarker);
  ASSERT_NE(marker, std::string::npos);
  EXPECT_EQ(text.substr(marker + std::string(kMarker).size()), schemas_yaml())
      << "run build/bin/contract_schemas, and look at what changed";
}

// (method, path) of the paths section: two spaces before a path, four before a method.
std::set<std::pair<std::string, std::string>> contract_operations() {
  std::set<std::pair<std::string, std::string>> found;
  std::ifstream file("api/openapi.yaml");
  std::string path;
  bool in_paths = false;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != ' ') in_paths = line == "paths:";
    if (!in_paths) continue;
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    for (const std::string method : {"get", "post", "put", "delete"})
      if (line == "    " + method + ":") {
        std::string upper = method;
        std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
        found.emplace(upper, path);
      }
  }
  return found;
}

TEST(Contract, EveryRouteStandsInItAndEveryPathHasARoute) {
  // The routes are only added, never called: what they refer to need not be there.
  alignas(server::Api) unsigned char nowhere[sizeof(server::Api)];
  auto& api = reinterpret_cast<server::Api&>(nowhere);
  alignas(server::EventHub) unsigned char no_hub[sizeof(server::EventHub)];
  server::Router router;
  server::add_all_routes(router, api, reinterpret_cast<server::EventHub&>(no_hub));
  const auto table = router.table();
  const std::set<std::pair<std::string, std::string>> routes(table.begin(), table.end());
  const auto operations = contract_operations();
  for (const auto& [method, path] : routes)
    EXPECT_TRUE(operations.count({method, path})) << method << " " << path;
  for (const auto& [method, path] : operations)
    EXPECT_TRUE(routes.count({method, path})) << method << " " << path;
}

}  // namespace
}  // namespace dure::contract
