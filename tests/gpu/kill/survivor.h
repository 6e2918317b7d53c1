// Processes of the container that nobody kills: they work beside those that are, and rest when they are told
// to, so that the books can be read.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <map>

#include "gpu/kill/victim.h"

namespace dure::gpu::share {

class Survivors {
 public:
  static constexpr unsigned kCount = 2;

  // Starts them, one after the other. They must outlive nobody: the destructor ends them.
  Survivors(Container& container, Deaths& deaths);
  ~Survivors();
  Survivors(const Survivors&) = delete;
  Survivors& operator=(const Survivors&) = delete;

  // They come to rest: nothing of theirs is under way, and they hold nothing that others have as well. False:
  // one did not come, and waits for somebody.
  bool rest();
  void go_on();
  // While they rest. One takes so many bytes of the share at once, launches a kernel and waits for it, and
  // gives them back: how long all that took, in ms while it could run.
  double take_all(std::uint64_t bytes);
  // While they rest: what NVML lists.
  std::map<unsigned, std::uint64_t> listed();
  // What each holds by the share's books, by process id. REQUIRES: they rest.
  std::map<unsigned, std::uint64_t> held(Container& container) const;

  // They give everything back and end. How often each act succeeded.
  std::array<std::uint64_t, Worker::kActs> end();

 private:
  struct Common;
  void live(Program& program, unsigned number);
  void obey(Worker& worker, const Program& program, unsigned number);
  bool all_have(std::uint32_t phase);
  std::uint32_t order(std::uint32_t what);

  Deaths& deaths_;
  Common* common_;
  std::array<pid_t, kCount> children_ = {};
};

}  // namespace dure::gpu::share
