// Who a process is, so that another can tell whether it is still there: its id, the namespace in which that
// id means something, and when it started (ids are used again). From /proc, without allocating.
#pragma once

#include <stdint.h>

namespace dure::gpu::share {

struct ProcessIdentity {
  uint64_t pid;
  uint64_t started;  // field 22 of /proc/<pid>/stat, in clock ticks since boot; 0 where /proc does not say
  uint64_t pid_namespace;  // inode of /proc/self/ns/pid; 0 where /proc does not say
};

ProcessIdentity own_identity() noexcept;

// True only where it is certain. Somebody of another namespace, or without /proc, is never declared gone.
// `checker` is the caller's own identity.
bool is_gone(const ProcessIdentity& process, const ProcessIdentity& checker) noexcept;

// What the text of /proc/<pid>/stat says. Field 2, the name in parentheses, may hold spaces and parentheses.
struct ProcessStat {
  char state;  // 'R', 'S', … 'Z' for one that is dead and not waited for
  uint64_t threads;
  uint64_t started;
};
bool parse_stat(const char* text, uint64_t length, ProcessStat* stat) noexcept;

}  // namespace dure::gpu::share
