// Whether the kernel killed a container for its memory, read from the kernel's own log.
//
// Podman's attendant misses it when the killed process was the container's first one and the container is
// gone before the attendant looks (seen on cgroup version 1). The kernel's log names the container's cgroup.
#pragma once

#include <string>
#include <string_view>

namespace dure::podman {

// True when a record of the kernel's log says that a process of this container was killed for its memory.
// Pure; the form is that of mm/oom_kill.c: "oom-kill:constraint=CONSTRAINT_MEMCG,…,oom_memcg=PATH,…".
bool tells_memory_kill(std::string_view record, const std::string& container_id);

// Looks through /dev/kmsg. False when it cannot be read or has lost the record.
bool was_killed_for_memory(const std::string& container_id);

}  // namespace dure::podman
