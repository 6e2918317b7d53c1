#include "cli/verbs.h"

namespace dure::cli {

void add_guidance_verbs(CLI::App&, Context&) {}

}  // namespace dure::cli
