// ExitWatch: the moment at which a process ends, seen as it happens (pidfd), to the millisecond and without
// polling.
//
// A process id may have been given to another process between the engine's answer and watch(); the moment is
// therefore a witness to be held against the engine's word, never the only one. Thread-safe; one thread of
// its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "net/fd.h"
#include "node/moment.h"

namespace dure::node {

class ExitWatch {
 public:
  // `on_exit` is called on the watch's thread after each end. REQUIRES: `clock` outlives this.
  ExitWatch(BootClock& clock, std::function<void()> on_exit);
  ~ExitWatch();
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;

  // No effect for a name that is watched or has ended already, or a process that is not there.
  void watch(const std::string& name, std::int64_t pid);
  // When it ended, if it was seen to.
  std::optional<std::int64_t> ended_boottime_us(const std::string& name) const;
  void forget(const std::string& name);

 private:
  struct Watched {
    net::Fd process;
    std::uint64_t key = 0;
    std::optional<std::int64_t> ended_us;
  };

  void run();
  void note_end(std::uint64_t key);

  BootClock& clock_;
  std::function<void()> on_exit_;
  net::Fd poll_;
  net::Fd wake_;
  mutable std::mutex mutex_;
  std::map<std::string, Watched> watched_;
  std::uint64_t next_key_ = 1;
  std::thread thread_;
};

}  // namespace dure::node
