#include "cli/verbs.h"

namespace dure::cli {

void add_outcome_verbs(CLI::App&, Context&) {}

}  // namespace dure::cli
