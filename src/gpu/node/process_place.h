// Where a process of this machine runs: what /proc says of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dure::gpu {

struct ProcessPlace {
  std::string name;                 // its own short name
  std::string cgroup;               // the text of /proc/<pid>/cgroup
  std::uint64_t inner_pid = 0;      // in the innermost of its namespaces
  std::uint64_t pid_namespace = 0;  // the inode of that namespace
};

// Nothing where it is gone, or not to be looked at.
std::optional<ProcessPlace> find_place(std::int64_t pid, const std::string& proc = "/proc");

// Whether a process there is one of the container: by the name of its cgroup, which engines make of the
// container's id, else by the namespace of the container's first process. `container_id` "" says nothing.
bool is_in_container(const ProcessPlace& process, const std::string& container_id,
                     const std::optional<ProcessPlace>& first);

}  // namespace dure::gpu
