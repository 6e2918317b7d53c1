// Finds out what this machine lets a container engine do. Reads /proc and /sys, and tries one overlay mount.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "adapters/podman/config.h"
#include "adapters/podman/machine.h"
#include "base/result.h"

namespace dure::podman {

// Which network to give; kAuto: the way out when the machine has what it needs.
enum class NetworkChoice { kAuto, kNone, kSlirp };

// Errors: engine.not_root, engine.not_installed {program}, engine.network_unusable {why} (only where kSlirp
// is asked for).
base::Result<Machine> probe(const Folders& folders, NetworkChoice choice);

// The pure parts, for tests.

// The controllers of version 1 that /proc/self/mountinfo shows as mounted.
std::set<std::string> controllers_v1(std::string_view mountinfo);
// The words of cgroup.controllers of version 2.
std::set<std::string> controllers_v2(std::string_view text);
// The first of the programs that exists, as a path; "" when none does. crun does not start on version 1.
std::string choose_runtime(bool cgroup_v2, const std::string& crun, const std::string& runc);

}  // namespace dure::podman
