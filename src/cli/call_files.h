// dure call attach, download, withdraw: the forms of a call as files (B12). dure call summary, application
// summary: the summary sheet (D8).
#pragma once

#include "cli/verbs.h"

namespace dure::cli {

void add_call_files(CLI::App* call, Context& context);
void add_summary_verbs(CLI::App* call, CLI::App* application, Context& context);

}  // namespace dure::cli
