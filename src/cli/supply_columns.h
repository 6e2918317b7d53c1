// What `dure supply` shows of the rows of each collection of the supply side.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/output.h"

namespace dure::cli {

// By the name that the collection has in the API: "capacity-batches".
const std::map<std::string, std::vector<Column>>& supply_columns();
// Of what each group of users gets.
const std::vector<Column>& share_columns();

}  // namespace dure::cli
