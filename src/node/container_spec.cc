#include "node/container_spec.h"

namespace dure::node {

std::string volume_path(const std::string& volumes_folder, const model::VolumeId& id) {
  DURE_ASSERT(base::is_uuid(id.text));
  return volumes_folder + "/" + id.text;
}

std::string log_path(const std::string& logs_folder, const model::ReplicaId& id) {
  DURE_ASSERT(base::is_uuid(id.text));
  return logs_folder + "/" + id.text + ".log";
}

base::Status check_order(const model::ReplicaOrder& order) {
  const auto malformed = [](const char* what) {
    return base::invalid(base::Reason("node.order_malformed").with("what", what));
  };
  if (!base::is_uuid(order.replica_id.text)) return malformed("replica_id");
  if (!base::is_uuid(order.workload_id.text)) return malformed("workload_id");
  for (const auto& volume : order.volumes)
    if (!base::is_uuid(volume.id.text)) return malformed("volumes.id");
  return {};
}

ports::ContainerSpec container_spec(const model::ReplicaOrder& order, const gpu::ShareDescription& share,
                                    const ContainerLimits& limits, const std::string& volumes_folder,
                                    const std::string& logs_folder) {
  ports::ContainerSpec spec;
  spec.replica_id = order.replica_id.text;
  spec.image = order.spec.image;
  spec.command = order.spec.command;
  spec.environment = order.spec.environment;
  for (const auto& [name, value] : share.environment) spec.environment[name] = value;
  spec.environment["DURE_WORKLOAD_ID"] = order.workload_id.text;
  spec.environment["DURE_REPLICA_ID"] = order.replica_id.text;
  spec.environment["DURE_KIND"] = std::string(model::to_text(order.kind));
  spec.labels["dure.workload"] = order.workload_id.text;
  for (const auto& volume : order.volumes)
    spec.mounts.push_back({volume_path(volumes_folder, volume.id), volume.target, false});
  spec.mounts.insert(spec.mounts.end(), share.mounts.begin(), share.mounts.end());
  spec.devices = share.device_nodes;
  spec.hostname = order.hostname;
  if (!order.volumes.empty()) {
    const auto& home = order.volumes.front();
    spec.working_directory = home.target;
    spec.environment.try_emplace("HOME", home.target);
  }
  spec.uid = order.uid;
  spec.gid = order.gid;
  spec.cpu_milli = order.spec.cpu_milli;
  spec.memory_bytes = order.spec.memory.value;
  spec.pids = limits.pids;
  spec.open_files = limits.open_files;
  spec.log_path = log_path(logs_folder, order.replica_id);
  return spec;
}

}  // namespace dure::node
