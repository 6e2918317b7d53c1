// The OCI runtime behind Podman (runc or crun), through a small script that Podman is told to use instead.
//
// Podman notes that a container runs only after the runtime has started it. A service that is killed between
// the two would forget a running container, and later start what has run already. So the script leaves a
// mark, one file per container, before each start; and a start of what runs already succeeds and leaves the
// mark as it is, which lets Podman take such a container up again without moving its start.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/podman/config.h"
#include "adapters/podman/machine.h"
#include "base/time.h"

namespace dure::podman {

// What the runtime itself says of a container.
enum class Held {
  kRunning,
  kWaiting,  // made, and not yet started
  kUnknown,  // not known, or ended
};

// The script's text. Pure.
std::string runtime_script(const Folders& folders, const Machine& machine);

// How a container ended, as its attendant noted it: the attendant outlives the service.
struct Exit {
  std::int64_t code = 0;
  base::Instant at;
};

// Thread-safe for different containers.
class Runtime {
 public:
  Runtime(Folders folders, Machine machine);

  Held ask(const std::string& container_id) const;
  // When the container was last about to be started; nullopt when it never was.
  std::optional<base::Instant> marked(const std::string& container_id) const;
  std::vector<std::string> all_marked() const;
  std::optional<Exit> exit_of(const std::string& container_id) const;
  void unmark(const std::string& container_id) const;
  // Removes a container that waits for its start from the runtime and from Podman's state, so that a start
  // begins anew. Waits for its attendant to be gone, whose last notes would be taken for the new start's.
  void forget(const std::string& container_id) const;

 private:
  void run(const std::vector<std::string>& arguments) const;
  void await_attendant(const std::string& container_id) const;

  Folders folders_;
  Machine machine_;
};

}  // namespace dure::podman
