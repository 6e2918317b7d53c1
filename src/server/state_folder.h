// The folder in which one dured keeps its keys: locked by the process that uses it, and named.
//
// The lock is the kernel's (flock) and ends with the process, however it ends. The name identifies this
// installation among the replicas of dured that share a store.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace dure::server {

class StateFolder {
 public:
  // Makes the folder (0700) and its keys/ where they are missing. Errors: kConflict "server.state_in_use"
  // {path}, kUnavailable "server.state_unusable" {path, problem}.
  static base::Result<StateFolder> open(const std::string& path);

  const std::string& installation() const { return installation_; }

 private:
  std::shared_ptr<void> lock_;
  std::string installation_;
};

// Writes a secret for the operator's eyes: mode 0600, whole or not at all, on the disk when it returns.
base::Status write_secret(const std::string& path, const std::string& secret);
std::string read_secret(const std::string& path);  // "" where there is none
void forget_secret(const std::string& path);
bool exists(const std::string& path);

}  // namespace dure::server
