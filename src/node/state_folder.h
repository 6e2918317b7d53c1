// StateFolder: what dure-node keeps on the disk, and the lock that lets only one process keep it.
//
//   journal         node/journal.h
//   node.json       the node's id and token (0600), after enrolment
//   contexts.json   node/context_file.h
//   volumes/<id>/   users' folders; they outlive containers
//   logs/<id>.log   what replicas printed; kept after the container, collected later
//   node.sock       where a local operator asks for its state
#pragma once

#include <string>

#include "base/result.h"
#include "net/fd.h"

namespace dure::node {

class StateFolder {
 public:
  // Makes what is missing (mode 0700). Errors: node.state_unusable {path, why}, node.state_in_use {path}.
  static base::Result<StateFolder> open(const std::string& path);

  const std::string& path() const { return path_; }
  std::string journal() const { return path_ + "/journal"; }
  std::string identity() const { return path_ + "/node.json"; }
  std::string contexts() const { return path_ + "/contexts.json"; }
  std::string volumes() const { return path_ + "/volumes"; }
  std::string logs() const { return path_ + "/logs"; }
  std::string socket() const { return path_ + "/node.sock"; }

 private:
  StateFolder(std::string path, net::Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  net::Fd lock_;
};

// A folder of that mode, made if need be with its parents. An existing one keeps its mode and owner.
base::Status make_folder(const std::string& path, unsigned mode);

// Writes a file whole: beside, synced, renamed. Mode 0600. Errors: node.state_unusable {path, why}.
base::Status write_file(const std::string& path, const std::string& content);
// Errors: node.state_unusable {path, why}; over 1 MiB is refused.
base::Result<std::string> read_file(const std::string& path);

}  // namespace dure::node
