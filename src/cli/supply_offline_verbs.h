// The verbs of `dure supply` that work on files.
#pragma once

#include "cli/verbs.h"

namespace dure::cli {

void add_supply_offline_verbs(CLI::App* supply, Context& context);  // rank, share

}  // namespace dure::cli
