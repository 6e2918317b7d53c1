#include "cli/node_names.h"

#include <boost/json/array.hpp>
#include <utility>

namespace dure::cli {

base::Result<std::string> node_id(Api& api, const std::string& name_or_id) {
  DURE_LET(nodes, api.list("/api/v1/nodes"));
  for (const auto& node : nodes.as_array())
    if (text_at(node, "name") == name_or_id) return text_at(node, "id");
  return name_or_id;
}

base::Result<std::vector<std::string>> node_ids(Api& api, const std::vector<std::string>& names_or_ids) {
  std::vector<std::string> ids;
  for (const std::string& each : names_or_ids) {
    DURE_LET(id, node_id(api, each));
    ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace dure::cli
