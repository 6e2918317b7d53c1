// Child processes: podman, as the service and as a short-lived command.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace dure::podman {

struct Command {
  std::vector<std::string> arguments;    // the first is the program's path
  std::vector<std::string> environment;  // all of it
  std::string output;                    // file that standard output and error are appended to
  std::string folder;                    // where it works; ours where it is empty
};

// Starts the command in a session of its own, with nothing of ours open, and so that the kernel kills it
// (SIGKILL) when the calling thread ends: the caller's thread must live as long as the child is wanted.
// Returns the process id, to be waited for by the caller. Errors: engine.service_failed {why}.
base::Result<pid_t> start_child(const Command& command);

// The same, waited for; the exit code, 128 + the signal where one ended it. After `limit` the child is killed
// and engine.timeout {action, limit_ms} returned.
base::Result<int> run_child(const Command& command, base::Span limit);

}  // namespace dure::podman
