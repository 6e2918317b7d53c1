// One description of a replica's share, from which every way to give it to a container is rendered: plain
// mounts, device nodes and environment (the Podman engine; node/container_spec.h), and a CDI device (cdi.h).
//
//   /run/dure/share/limits         the share's file that only dure-node writes: read only
//   /run/dure/share/usage          the share's file that the container's processes write
//   /run/dure/driver/              the real driver: read only
//   <loader's folders>/libcuda.so, .so.1, .so.<version>, libnvidia-ml.so…   the share library: read only
//   <loader's folders>/…           what the real driver opens itself: read only
//
// Both files of the share are mounted by themselves, not their folder: what is mounted cannot be renamed or
// removed from inside. Why the library lies in the loader's own folders: docs/decisions/0033.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gpu/node/driver_files.h"
#include "gpu/node/share_environment.h"
#include "gpu/node/share_pages.h"
#include "ports/engine.h"

namespace dure::gpu {

struct ShareDescription {
  std::string replica_id;
  std::map<std::string, std::string> environment;  // for people and for programs that ask for nothing else
  std::vector<std::string> device_nodes;
  std::vector<ports::Mount> mounts;  // empty where nothing is enforced: there is no driver
};

// What the share's files say of each card, in the order of the shares.
std::vector<CardLimit> card_limits(const std::vector<model::ShareOrder>& shares);

// `folder` is where the share's two files lie.
ShareDescription describe_share(const std::string& replica_id, const ShareAccess& access,
                                const DriverFiles& files, const std::string& folder);

}  // namespace dure::gpu
