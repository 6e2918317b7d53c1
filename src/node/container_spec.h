// From an order of dured to the container that the engine is asked for. Pure.
#pragma once

#include <string>

#include "gpu/node/share_description.h"
#include "model/node_link.h"
#include "ports/engine.h"

namespace dure::node {

// What this node grants every container beyond what the order says.
struct ContainerLimits {
  std::int64_t pids = 1024;
  std::int64_t open_files = 16384;
};

// The environment is, in this order, what the order's specification names, what describes the share, and
// DURE_WORKLOAD_ID, DURE_REPLICA_ID, DURE_KIND; the user cannot override the latter two groups. The user and
// group are those of the first volume; without one the container's own root (which is nobody on the host).
ports::ContainerSpec container_spec(const model::ReplicaOrder& order, const gpu::ShareDescription& share,
                                    const ContainerLimits& limits, const std::string& volumes_folder,
                                    const std::string& logs_folder);

// Where a volume lies, and where a replica's output goes. REQUIRES: is_uuid of the id, so that it is one
// plain name.
std::string volume_path(const std::string& volumes_folder, const model::VolumeId& id);
std::string log_path(const std::string& logs_folder, const model::ReplicaId& id);

// Refuses an order whose ids are not ids (node.order_malformed {what}): they become names of files.
base::Status check_order(const model::ReplicaOrder& order);

}  // namespace dure::node
