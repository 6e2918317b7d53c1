// The folder that an engine keeps its state in, and the two files of configuration that make a Podman of our
// own out of the one that is installed: nothing of the machine's own Podman is read or changed.
//
//   conf/containers.conf, conf/storage.conf   written at each start
//   root/      images and containers (Podman's graph root)
//   run/       what is mounted (Podman's run root); emptied when the machine was started anew
//   libpod/    Podman's temporary state; likewise
//   tmp/       temporary files
//   images/    archives that are loaded at start (deploy/images/build writes them)
//   netns/     one file per replica with a network namespace, to clean up after it
//   started/   one file per container that was started (runtime.h)
//   podman     runs the installed podman on this state, for people: podman ps, podman logs …
//   service.log, lock, boot_id
#pragma once

#include <string>
#include <vector>

#include "adapters/podman/machine.h"
#include "base/result.h"

namespace dure::podman {

struct Folders {
  std::string state;
  std::string images;  // usually state + "/images"

  std::string containers_conf() const { return state + "/conf/containers.conf"; }
  std::string storage_conf() const { return state + "/conf/storage.conf"; }
  std::string socket() const;  // below the state, or below /run where that would be too long for a socket
  std::string log() const { return state + "/service.log"; }
  // Where Podman works and puts what is temporary: a container's attendant leaves a file "oom" in its folder.
  std::string work() const { return state + "/tmp"; }
  std::string namespaces() const { return state + "/netns"; }
  std::string marks() const { return state + "/started"; }
  std::string exits() const { return state + "/libpod/exits"; }  // one file per container that ended
  std::string runtime(const Machine& machine) const;             // the script of runtime.h
};

// The texts of the two files. Pure.
std::string containers_conf(const Folders& folders, const Machine& machine);
std::string storage_conf(const Folders& folders, const Machine& machine);

// The whole environment of every podman that we start: nothing else is passed on.
std::vector<std::string> environment(const Folders& folders);

// The storage driver that the state was made with, or "" when there is none yet: it must not change.
std::string driver_in_use(const Folders& folders);

// Makes the folders and writes the files. After a restart of the machine what was temporary is removed, so
// that Podman does not take dead processes for running containers. Errors: engine.state_unusable {folder,
// why}.
base::Status prepare(const Folders& folders, const Machine& machine);

}  // namespace dure::podman
