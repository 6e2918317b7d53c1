// Processes started in a running container: a command whose output is collected, and a terminal.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/podman/calls.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/engine.h"

namespace dure::podman {

// What is to be run, in which container.
struct ExecOrder {
  std::string replica_id;
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
};

// Runs the command and waits for its end, at most `limit`; then it goes on in the container, unattended. A
// command that is not found ends with 127, and the runtime's message is its output.
// Errors: engine.not_found, engine.not_running {replica}, engine.exec_failed {replica, why}, engine.exec_lost
// {replica} (the service died under it: nobody knows how it ended), engine.timeout.
base::Result<ports::ExecResult> run_command(Calls& calls, const ExecOrder& order,
                                            std::int64_t output_limit_bytes, base::Span limit);

// Starts the command with a terminal of that size. When the stream is destroyed the process gets SIGHUP, as
// from a terminal that is closed. Errors: as above.
base::Result<std::unique_ptr<ports::ExecStream>> open_terminal(const std::shared_ptr<Calls>& calls,
                                                               const ExecOrder& order, int columns, int rows);

}  // namespace dure::podman
