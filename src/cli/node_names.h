// Nodes by the name that people know them by.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/api.h"

namespace dure::cli {

// The id of the node with that name; what is no node's name is taken for an id.
base::Result<std::string> node_id(Api& api, const std::string& name_or_id);
base::Result<std::vector<std::string>> node_ids(Api& api, const std::vector<std::string>& names_or_ids);

}  // namespace dure::cli
