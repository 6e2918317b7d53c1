// PodmanEngine: the port ports::Engine on the Podman that is installed on this machine, through its REST API
// (libpod v4) over a Unix socket.
//
// It runs a service of its own on a state folder of its own (config.h says what lies there), and so neither
// sees nor disturbs other containers of the machine. Its containers are confined as spec.h says. They go on
// running when this process or the service is killed; the next engine on the same folder finds them again.
// Needs root, and the packages podman, runc (crun on cgroup version 2), conmon, netavark and catatonit;
// slirp4netns for a way out of the containers.
//
// Beyond the port:
//   - a replica is one attempt: start() of one that has ended succeeds and does not run it again;
//   - create() gives each writable mount's source to the container's user, when it belongs to the host's root
//     (nothing below it is touched);
//   - a container that was ended by a restart of the machine, or whose end fell into the moment in which
//     nobody knew that it ran, is kExited with exit code -1;
//   - the file log_path is in the form of Kubernetes: "<RFC 3339 time> stdout|stderr F|P <text>", and is
//     emptied at 64 MiB.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/podman/calls.h"
#include "adapters/podman/leftovers.h"
#include "adapters/podman/machine.h"
#include "adapters/podman/probe.h"
#include "adapters/podman/runtime.h"
#include "adapters/podman/service.h"
#include "adapters/podman/status.h"
#include "ports/engine.h"

namespace dure::podman {

struct EngineOptions {
  std::string state_folder;   // absolute; made if need be; belongs to one engine at a time
  std::string images_folder;  // archives to load; empty: state_folder + "/images"
  NetworkChoice network = NetworkChoice::kAuto;
  base::Span exec_limit = base::Span::minutes(10);
};

class PodmanEngine : public ports::Engine {
 public:
  // Probes the machine, starts the service (0.2 s) and loads the images that are missing (3 to 5 s each).
  // Errors: engine.not_root, engine.not_installed, engine.state_in_use, engine.state_unusable,
  // engine.network_unusable, engine.service_failed, engine.image_unreadable.
  static base::Result<std::unique_ptr<PodmanEngine>> open(const EngineOptions& options);
  ~PodmanEngine() override;

  // engine, engine_version, runtime, runtime_version, network, storage, cgroups, limits ("cpu memory pids
  // files"; what is absent there is not enforced on this machine), ids.
  base::Result<std::map<std::string, std::string>> describe() override;
  base::Result<std::vector<ports::ContainerStatus>> list() override;
  base::Result<std::optional<ports::ContainerStatus>> inspect(const std::string& replica_id) override;
  base::Result<std::string> create(const ports::ContainerSpec& spec) override;
  base::Status start(const std::string& replica_id) override;
  base::Status stop(const std::string& replica_id, base::Span grace) override;
  base::Status remove(const std::string& replica_id) override;
  base::Result<ports::ExecResult> exec(const std::string& replica_id, const std::vector<std::string>& command,
                                       const std::map<std::string, std::string>& environment,
                                       std::int64_t output_limit_bytes) override;
  base::Result<std::unique_ptr<ports::ExecStream>> open_terminal(const std::string& replica_id,
                                                                 const std::vector<std::string>& command,
                                                                 int columns, int rows) override;
  base::Result<std::vector<ports::ImageStatus>> images() override;

  // Loads archives that came into the images folder since. Errors: as of open().
  base::Status load_images();
  const Machine& machine() const { return machine_; }
  pid_t service_process() const { return service_->process(); }

 private:
  PodmanEngine(EngineOptions options, Folders folders, Machine machine, std::unique_ptr<Service> service);

  // Podman's answer about a container, of its path; asked again while the container is just ending.
  base::Result<Answer> ask_of(const std::string& container);
  base::Result<std::optional<Inspected>> look(const std::string& replica_id);
  base::Result<std::optional<Inspected>> discard_half_made(const std::string& replica_id);
  base::Result<std::optional<ports::ContainerStatus>> status_of(const Listed& listed);
  base::Result<std::string> create_new(const ports::ContainerSpec& spec, bool again);
  base::Status start_created(const std::string& replica_id);
  base::Status take_up(Inspected& inspected);
  void forget_if_waiting(const Inspected& found);
  base::Status discard_leftovers();
  void correct_start(ports::ContainerStatus& status) const;
  void notice_memory_kill(ports::ContainerStatus& status);

  const EngineOptions options_;
  const Folders folders_;
  const Machine machine_;
  std::unique_ptr<Service> service_;
  std::shared_ptr<Calls> calls_;
  NetworkNamespaces namespaces_;
  Runtime runtime_;

  struct Known {
    Listed listed;
    ports::ContainerStatus status;
  };
  std::mutex known_mutex_;
  std::map<std::string, Known>
      known_;  // by container id: what an inspection said, as long as the list agrees
};

}  // namespace dure::podman
