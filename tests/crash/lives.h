// What the workloads wrote about themselves into their users' volumes (users.h).
#pragma once

#include <map>
#include <string>

#include "crash/evidence.h"

namespace dure::crash {

// By replica. `volumes` is dure-node's folder of volumes.
std::map<std::string, OwnLife> read_lives(const std::string& volumes);

// One account: lines "start 123.45" and "end 125.67", seconds since the machine came up.
OwnLife parse_life(const std::string& text);

}  // namespace dure::crash
