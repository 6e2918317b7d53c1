// From ports::ContainerSpec to the body of Podman's POST /libpod/containers/create. Pure.
//
// What every container gets, whatever the specification says (decision 16):
//   - a user namespace of one range of 65,536 ids that no account of the host has. The range belongs to the
//     container's group (a project), or to its user where the group is 0: see id_base. One contiguous range,
//     because only such a one lets Podman shift the image by an id-mapped mount (15 ms) instead of a copy
//     (4 s);
//   - no capability, no new privileges, Podman's default seccomp filter, masked paths of /proc and /sys;
//   - a network namespace of its own, never the host's; private pid, ipc, uts and cgroup namespaces;
//   - limits of cpu, memory, processes and files, as far as the machine can enforce them; swap is not given
//     beyond the memory; /dev/shm counts as memory;
//   - an init that reaps and forwards signals; the image's own entry point and volumes are not used.
//
// Source of the field names: Podman 4.3 API, SpecGenerator.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/podman/machine.h"
#include "base/result.h"
#include "ports/engine.h"

namespace dure::podman {

// Ids inside a container go from 0 to this, inclusive.
inline constexpr std::int64_t kLastId = 65535;
inline constexpr std::int64_t kIdsPerRange = 65536;
// The ranges lie above those of /etc/subuid (to 600,100,000) and of systemd (to 1,879,048,191), and below
// the ids that programs with signed numbers misread.
inline constexpr std::int64_t kFirstHostId = 1879048192;  // 0x70000000
inline constexpr std::int64_t kRanges = 4094;
// The size that the output of a container may grow to before it is cut.
inline constexpr std::int64_t kLogBytes = 64LL * 1024 * 1024;

// "dure-<replica id>".
std::string container_name(const std::string& replica_id);

// The id on the host of id 0 in a container with this user and group. Two groups share a range only when
// their ids are equal modulo kRanges; even then no two users have the same id on the host.
std::int64_t id_base(std::int64_t uid, std::int64_t gid);
// The owner on the host of what the container's user and group own.
std::int64_t host_uid(const ports::ContainerSpec& spec);
std::int64_t host_gid(const ports::ContainerSpec& spec);

// engine.spec_invalid, with a pointer and a reason for each field that cannot be used.
base::Status check(const ports::ContainerSpec& spec);

// The JSON body. REQUIRES: check(spec).ok().
std::string to_create_body(const ports::ContainerSpec& spec, const Machine& machine);

}  // namespace dure::podman
