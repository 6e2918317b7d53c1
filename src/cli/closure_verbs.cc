#include "cli/verbs.h"

namespace dure::cli {

void add_closure_verbs(CLI::App&, Context&) {}

}  // namespace dure::cli
