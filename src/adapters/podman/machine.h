// Machine: what this machine lets a container engine do, as plain values.
//
// probe.h fills it in; spec.h and config.h turn it into what Podman is told. Kept apart from the probing so
// that both can be tested with machines that are not at hand.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace dure::podman {

enum class Network {
  kNone,   // a namespace with loopback only
  kSlirp,  // slirp4netns: the way out, one user-mode router per container, no way to the host's loopback
};

struct Machine {
  bool cgroup_v2 = false;             // false: version 1 or the hybrid layout
  std::set<std::string> controllers;  // of cgroups that are usable: "cpu", "memory", "pids", …
  bool swap_limit = false;            // memory and swap can be limited together
  bool systemd = false;               // systemd runs the machine, and so owns the tree of cgroups
  std::int64_t open_files = 1024;     // our own hard limits: a container may not be given more
  std::int64_t processes = 1024;
  std::string podman;       // path of the program
  std::string runtime;      // path of the OCI runtime
  std::string init;         // path of the init that is put into each container
  std::string storage;      // "overlay" or "vfs"
  std::string storage_why;  // why it is not overlay, for people; else ""
  Network network = Network::kNone;
  std::string network_why;  // why there is no way out, for people; else ""

  bool can_limit(const std::string& controller) const { return controllers.contains(controller); }
};

// "slirp4netns" or "none": Podman's own name of the mode.
inline std::string name_of(Network network) {
  return network == Network::kSlirp ? "slirp4netns" : "none";
}

}  // namespace dure::podman
