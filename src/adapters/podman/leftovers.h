// What Podman 4.3.1 leaves on the host, cleaned up after it.
//
// The attendant of a container in a user namespace lives in a mount namespace of its own, so its clean-up
// does not reach the file of the container's network namespace below /run/netns. The name of that file is
// kept, one file per replica, as long as the replica has a container.
#pragma once

#include <string>
#include <vector>

namespace dure::podman {

// Thread-safe for different replicas.
class NetworkNamespaces {
 public:
  explicit NetworkNamespaces(std::string folder) : folder_(std::move(folder)) {}

  // Remembers the file of a replica's namespace. Does nothing for "" and for what is not below /run/netns.
  void remember(const std::string& replica_id, const std::string& file) const;
  // Unmounts and removes it. REQUIRES: the replica's container is gone.
  void discard(const std::string& replica_id) const;
  // The replicas whose namespaces are remembered.
  std::vector<std::string> remembered() const;

 private:
  std::string folder_;
};

// Removes the namespaces of Podman's naming below /run/netns that no process lives in and that are older
// than a minute. Called once, at start: it reads all of /proc.
void discard_unused_namespaces();

}  // namespace dure::podman
