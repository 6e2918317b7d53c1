// A workspace on blocks of one card, and what its node says of it: the same in every test of the machine
// room.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "centre/centre.h"

namespace dure::tests {

// The body of POST /api/v1/workloads, on the holder's allocation.
boost::json::object workspace(const Who& holder, const std::string& name, std::int64_t blocks);

// One observation of a node's report: "started", "running" or "ended" (with exit code 0), on the first boot.
boost::json::object observation(const std::string& replica, const std::string& kind, std::int64_t sequence,
                                std::int64_t boottime_us = 5'000'000);

// A workspace that was asked for and, where there was room, assigned by one round of the loops.
struct Started {
  std::string id;
  std::string path;     // /api/v1/workloads/ID
  std::string replica;  // the first; empty while it waits
};
Started start_workspace(Centre& centre, const Who& holder, const std::string& name, std::int64_t blocks);

}  // namespace dure::tests
