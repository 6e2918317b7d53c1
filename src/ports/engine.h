// The container engine: what runs on one machine, seen as replicas.
//
// A container is named after its replica ("dure-<replica id>") and labelled dure.replica=<id>; the engine
// keeps no other state, so that a caller that was killed finds everything again by list(). Every action is
// idempotent: start of a replica that runs, or remove of one that is gone, succeeds. One caller at a time per
// replica; calls for different replicas may come from several threads. Calls block.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace dure::ports {

struct Mount {
  std::string source;  // path on the host
  std::string target;  // path in the container
  bool read_only = false;
};

// Everything that a container is made from. Plain values; nothing is inherited from the host.
struct ContainerSpec {
  std::string replica_id;
  std::string image;                 // reference that the engine knows
  std::vector<std::string> command;  // empty: stay up until stopped (an idle init that reaps)
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> labels;  // beside dure.replica
  std::vector<Mount> mounts;
  std::vector<std::string> devices;  // device nodes of real cards
  std::string hostname;
  std::string working_directory;
  std::int64_t uid = 0;  // inside the container
  std::int64_t gid = 0;
  std::int64_t cpu_milli = 1000;
  std::int64_t memory_bytes = 0;  // 0: no limit
  std::int64_t pids = 512;
  std::int64_t open_files = 4096;
  std::string log_path;  // the engine writes the container's output here
};

enum class ContainerState { kCreated, kRunning, kExited };

struct ContainerStatus {
  std::string container_id;
  std::string replica_id;
  ContainerState state = ContainerState::kCreated;
  std::int64_t exit_code = 0;               // kExited only
  bool out_of_memory = false;               // kExited only
  std::int64_t pid = 0;                     // on the host, kRunning only
  std::optional<base::Instant> started_at;  // the engine's own stamps (wall clock): a cross-check only
  std::optional<base::Instant> finished_at;
};

struct ImageStatus {
  std::string reference;
  std::string digest;  // sha256:…
  std::int64_t size_bytes = 0;
  std::map<std::string, std::string> labels;
};

struct ExecResult {
  std::int64_t exit_code = 0;
  std::string output;  // standard output and error as they came, cut at the limit asked for
  bool cut = false;
};

// A process in a container with a terminal: bytes both ways until either side closes.
class ExecStream {
 public:
  virtual ~ExecStream() = default;
  // A descriptor that carries the bytes both ways (a connected socket); owned by the stream.
  virtual int descriptor() const = 0;
  // Bytes that the engine had sent beyond its answer's head, to be delivered first.
  virtual std::string take_early_bytes() = 0;
  virtual base::Status resize(int columns, int rows) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  // Name and version of the engine, of its OCI runtime, and the kind of network that it gives: for people.
  virtual base::Result<std::map<std::string, std::string>> describe() = 0;
  virtual base::Result<std::vector<ContainerStatus>> list() = 0;  // only Dure's own
  virtual base::Result<std::optional<ContainerStatus>> inspect(const std::string& replica_id) = 0;
  // Creates where there is none. Returns the container's id.
  virtual base::Result<std::string> create(const ContainerSpec& spec) = 0;
  virtual base::Status start(const std::string& replica_id) = 0;
  // Asks with SIGTERM, then SIGKILL after the grace.
  virtual base::Status stop(const std::string& replica_id, base::Span grace) = 0;
  virtual base::Status remove(const std::string& replica_id) = 0;
  virtual base::Result<ExecResult> exec(const std::string& replica_id,
                                        const std::vector<std::string>& command,
                                        const std::map<std::string, std::string>& environment,
                                        std::int64_t output_limit_bytes) = 0;
  virtual base::Result<std::unique_ptr<ExecStream>> open_terminal(const std::string& replica_id,
                                                                  const std::vector<std::string>& command,
                                                                  int columns, int rows) = 0;
  virtual base::Result<std::vector<ImageStatus>> images() = 0;
};

}  // namespace dure::ports
