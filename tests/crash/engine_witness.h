// EngineWitness: the engine's own stamps, taken by the test itself and not by dure-node: from Podman's
// inspect while a container lives, and from the file that Podman's attendant (conmon) leaves at a container's
// end, whose time Podman takes for the end as well.
//
// Where Podman was killed between starting a container and noting it, its stamp is that of its taking the
// container up later. Then the runtime's folder of the container says when it started: the first process
// waits on the pipe exec.fifo in it, and the start takes the pipe away, which is the folder's last change
// (runc and crun both).
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "crash/evidence.h"
#include "net/client.h"

namespace dure::crash {

class EngineWitness {
 public:
  // Looks until it is destroyed. `engine` is the engine's state folder.
  explicit EngineWitness(const std::string& engine);
  ~EngineWitness();
  EngineWitness(const EngineWitness&) = delete;
  EngineWitness& operator=(const EngineWitness&) = delete;

  std::map<std::string, EngineLife> lives() const;
  // How many containers of ours the engine has now; nothing where it does not answer.
  std::optional<int> containers_now();

 private:
  void look();
  void look_at_containers();
  void inspect(const std::string& container);
  void look_at_exits();
  void look_at_runtime();
  std::optional<boost::json::value> ask(const std::string& path);

  const std::string exits_;
  net::Client client_;
  mutable std::mutex mutex_;
  std::map<std::string, EngineLife> lives_;        // by replica
  std::map<std::string, std::string> replica_of_;  // by container
  std::map<std::string, std::string> last_state_;  // by container, as it was when it was inspected
  std::map<std::string, base::Instant> let_go_;    // by container; only look() touches it
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace dure::crash
