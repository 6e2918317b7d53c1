// Verbs of an evaluation.
#include <CLI/CLI.hpp>

#include "cli/verbs.h"

namespace dure::cli {

void add_evaluation_verbs(CLI::App&, Context&) {}

}  // namespace dure::cli
