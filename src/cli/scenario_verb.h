// dure scenario: a programme's whole story, played on a virtual clock without a server.
#pragma once

#include "cli/verbs.h"
#include "scenario/stage.h"

namespace dure::cli {

// `outside` makes what a stage stands on (a store in memory, a folder that goes with it); main wires it.
void add_scenario_verb(CLI::App& app, Context& context, scenario::MakeOutside outside);

}  // namespace dure::cli
