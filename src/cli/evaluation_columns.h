// What the verbs of an evaluation show of the rows of each collection.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/output.h"

namespace dure::cli {

// By the name that the collection has in the API; "progress", "duty", "results" and "ranked" of what is read
// of a row.
const std::map<std::string, std::vector<Column>>& evaluation_columns();

}  // namespace dure::cli
