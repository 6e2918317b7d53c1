#include <CLI/CLI.hpp>

#include "cli/verbs.h"

namespace dure::cli {

void add_use_review_verbs(CLI::App&, Context&) {}

}  // namespace dure::cli
