// The gateway as the command line uses it: with a ticket that the API gave, never with the session's token.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/api.h"

namespace dure::cli {

struct ExecOutcome {
  std::int64_t exit_code = 0;
  std::string output;
};

// Runs a command in the workload's running container.
base::Result<ExecOutcome> exec_in(Api& api, const std::string& workload,
                                  const std::vector<std::string>& command);

// Sends the workload's log to `on_chunk`, following it where asked.
base::Status read_logs(Api& api, const std::string& workload, bool follow, std::int64_t tail,
                       const std::function<bool(std::string_view)>& on_chunk);

// A terminal in the container, connected to ours until the shell ends. Returns when it has.
base::Status open_terminal(Api& api, const std::string& workload);

}  // namespace dure::cli
