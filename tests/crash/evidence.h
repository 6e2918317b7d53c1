// What the crash test has gathered, from four sides: dured's rows, dure-node's own journal, the engine's
// stamps, and what the workloads wrote about themselves. Plain values.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/time.h"

namespace dure::crash {

// One replica, as the engine has it.
struct EngineLife {
  std::set<std::string> containers;
  std::set<std::pair<std::string, std::int64_t>> stamps_of_starts;  // container, microseconds
  std::optional<base::Instant> started;
  std::optional<base::Instant> finished;
  // When the runtime let its first process, which waits for that, become the workload; where it was seen.
  std::optional<base::Instant> let_go;
};

// One replica, as its own first process has it, on the boot's clock.
struct OwnLife {
  int starts = 0;  // lines
  std::optional<std::int64_t> started_ms;
  std::optional<std::int64_t> ended_ms;
};

struct Evidence {
  boost::json::array replicas, shares, workloads, observations, entries;  // as the API shows them
  boost::json::array journal;  // dure-node's own observations, in the order in which it wrote them
  std::map<std::string, EngineLife> engine;  // by replica
  std::map<std::string, OwnLife> own;        // by replica
  std::set<std::string> told;                // names of workloads that users were told of
  bool settled = false;                      // everything has ended
  std::int64_t containers_left = -1;         // in the engine, -1: it did not say
  bool audit_intact = false;
  std::int64_t audit_entries = 0;
};

}  // namespace dure::crash
