// simulate jobs: traces of jobs played through the queue (simulate/replay.h), one row for each policy.
#pragma once

namespace CLI {
class App;
}

namespace dure::cli {

struct Context;

// `simulate` is the verb that it becomes a part of. Both outlive the parsing.
void add_simulate_jobs(CLI::App& simulate, Context& context);

}  // namespace dure::cli
