// dure call show: the announcement of a call.
#pragma once

#include "cli/verbs.h"

namespace dure::cli {

void add_call_show(CLI::App* call, Context& context);

}  // namespace dure::cli
