// Service: one `podman system service` of our own, kept alive.
//
// It is started by a thread of this object and ends with it or with our process (the kernel kills it); when
// it dies, it is started again. Containers do not depend on it: their attendant (conmon) runs in a session
// of its own. A state folder has one service at a time: a lock that the kernel drops when we die keeps a
// second one out. Thread-safe.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/podman/config.h"
#include "adapters/podman/machine.h"
#include "base/result.h"
#include "base/time.h"
#include "net/fd.h"

namespace dure::podman {

class Service {
 public:
  // Returns when the service answers. REQUIRES: prepare(folders, machine) was ok.
  // Errors: engine.state_in_use {folder}, engine.service_failed {why}.
  static base::Result<std::unique_ptr<Service>> start(Folders folders, Machine machine);
  // Ends the service; what runs in containers goes on.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Waits until it answers, as long as it is being started again. Errors: engine.service_failed {why}.
  base::Status await_answer(base::Span limit);

  pid_t process() const;
  std::string socket() const { return folders_.socket(); }

 private:
  Service(Folders folders, Machine machine, net::Fd lock);

  void supervise();
  void run_once();
  bool sleep_unless_ended(base::Span span);

  const Folders folders_;
  const Machine machine_;
  net::Fd lock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  pid_t process_ = -1;
  std::thread keeper_;
};

}  // namespace dure::podman
