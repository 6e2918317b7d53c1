// What of the fake lies in this process: the clock, the processes that it plays (one, unless fake_play is
// used), and the way into and out of every call of the driver.
//
// One mutex guards all of it. A call of the driver takes it on the way in (enter, call.h), and the state's
// lock when it touches the books or the time. It lets go of both while it blocks and while a host function
// runs.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gpu/fake/fake.h"
#include "gpu/fake/process.h"
#include "gpu/fake/state.h"

namespace dure::gpu::fake {

// Something to be done when a device's W reaches a point: a host function, or work that waits for another
// context's. `act` runs without any lock, as the process; it is empty for the latter.
struct Due {
  int device = 0;
  Ticks w = 0;
  std::weak_ptr<Process> process;
  std::function<void()> act;
  std::function<void()> after;  // with the locks held: what goes on then
};

class World {
 public:
  static World& get();

  std::mutex mutex;

  // With `mutex` held
  // ---------------------------------------------------------------------------------------- Configures from
  // the environment if nothing has been configured. False: no state, there is no driver.
  bool ready();
  State& state() { return *state_; }
  bool configure(const std::string& text);
  void go_virtual(std::uint64_t start_ns);
  bool is_virtual() const { return virtual_; }

  // Now, in ticks of the state; and back.
  Ticks now() const;
  std::uint64_t to_ns(Ticks t) const { return t == kNever ? FAKE_NEVER : epoch_ns_ + ceil_ns(t); }

  // Who calls on this thread.
  Process& process();
  Thread& thread();
  int thread_number();
  static void play(int process, int thread);
  std::shared_ptr<Process> find(int process);
  void kill(int process);
  void name_tenant(const std::string& name);

  // With the state's lock too: engines forward to now.
  void poke();

  // With both locks: `due` will be done at its time.
  void add(Due due);

  // Blocks the calling thread until `wait` is over. `lock` holds `mutex`; let go of meanwhile.
  void block(std::unique_lock<std::mutex>& lock, Wait& wait);
  std::uint64_t next_event_ns();
  void advance_to(std::unique_lock<std::mutex>& lock, std::uint64_t ns);

  fake_block_hook hook = nullptr;
  void* hook_user = nullptr;

  // Around a fork.
  void before_fork();
  void after_fork(bool child);
  bool is_dead() const { return dead_; }

 private:
  World();
  void run_due(std::unique_lock<std::mutex>& lock, std::size_t index);
  Ticks next_due(std::size_t* index);
  void start_worker();
  void work();
  void sweep();
  std::unique_ptr<State> open_state();

  std::unique_ptr<State> state_;
  std::string text_;
  bool configured_ = false;
  bool virtual_ = false;
  std::uint64_t virtual_ns_ = 0;
  std::uint64_t epoch_ns_ = 0;
  std::map<int, std::shared_ptr<Process>> processes_;
  std::map<int, std::string> tenants_;  // names given before the process was made
  std::vector<Due> dues_;
  std::vector<Wait*> waits_;
  // Not a member itself: a child of fork must not use one for which its parent's threads waited.
  std::unique_ptr<std::condition_variable> changed_ = std::make_unique<std::condition_variable>();
  std::uint64_t swept_[kMaxDevices] = {};
  bool worker_ = false;
  bool dead_ = false;  // a child of fork: there is no driver here
};

}  // namespace dure::gpu::fake
