// dure gaps: idle capacity of a few months, matched with those who wait; offline.
#pragma once

#include "cli/verbs.h"

namespace dure::cli {

void add_gaps_verb(CLI::App& app, Context& context);

}  // namespace dure::cli
