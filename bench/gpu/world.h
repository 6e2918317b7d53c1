// A machine with one card in virtual time, for the controller of device time: containers with their files,
// processes with the library in them or without, and dure-node's rounds. The library and the node's function
// are the ones that ship; clock, sleep and the driver's events are the model's.
//
// Processes are fibers: their bodies are ordinary code. A body that is still at work when the world ends is
// left where it is, so bodies own nothing that must be destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "bench/gpu/card.h"
#include "gpu/abi/page.h"
#include "gpu/node/pace.h"
#include "gpu/share/gate.h"

namespace dure::bench {

// What calls cost the host, in ns. What they give the card it has when they return. A sleep ends late by
// lateness/2 to 3 lateness/2.
struct HostCosts {
  std::uint64_t launch = 3000;
  std::uint64_t sync = 8000;  // from the end of the work to the return of the call that waits for it
  std::uint64_t record = 400;
  std::uint64_t query = 300;
  std::uint64_t lateness = 60'000;
};

struct WorldOptions {
  bool library = true;
  bool node = true;
  std::uint64_t node_round_ns = 5'000'000;
  std::uint64_t seed = 1;
  HostCosts costs;
  std::size_t queue = 1024;  // launches that a context takes before the call waits
};

class World;

// One process: what its body may do.
class ModelProcess {
 public:
  void launch(std::uint64_t device_ns, std::uintptr_t function = 1, std::uintptr_t stream = 1);
  void launch_graph(std::uint64_t device_ns, std::uintptr_t graph);
  void sync();  // waits for all of its work
  void sleep(std::uint64_t ns);
  std::uint64_t now() const;
  double noise(double part);  // 1 - part .. 1 + part
  gpu::share::Gate& gate() { return *gate_; }
  double served_ns() const;
  std::size_t outstanding() const;  // kernels
  double left_ns() const;           // device time of those
  void begin_capture() {
    capturing_ = true;
    if (gate_) gate_->begin_capture();
  }
  void end_capture() {
    capturing_ = false;
    if (gate_) gate_->end_capture();
  }

 private:
  friend class World;
  void run(const gpu::share::Work& work, std::uint64_t device_ns, std::uintptr_t stream);

  World* world_ = nullptr;
  std::size_t index_ = 0;
  std::size_t container_ = 0;
  unsigned slot_ = 0;
  bool capturing_ = false;
  std::function<void(ModelProcess&)> body_;
  std::unique_ptr<gpu::share::Gate> gate_;
  std::mt19937_64 random_;
  struct Fiber;
  std::shared_ptr<Fiber> fiber_;
};

class World {
 public:
  explicit World(const WorldOptions& options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::size_t add_container(std::uint32_t guaranteed_milli, dure_policy policy = DURE_POLICY_HARD,
                            std::uint32_t weight = 0, std::uint32_t priority = 0);
  // REQUIRES: before run_until. The container's processes have slots in the order in which they were added.
  // One that is not held tells the node what it does, and never waits.
  ModelProcess& add_process(std::size_t container, std::function<void(ModelProcess&)> body, bool held = true);
  void run_until(std::uint64_t at_ns);
  // As SIGKILL would: it makes no further step. What it launched runs to its end.
  void kill(ModelProcess& process);

  // Device time of all of the container's processes so far.
  double served_ns(std::size_t container) const;
  dure_limits& limits(std::size_t container);
  dure_usage& usage(std::size_t container);
  std::uint64_t now() const { return now_ns_; }

 private:
  friend class ModelProcess;
  struct Files;
  struct Driver;

  void start();
  void round_of_node();
  void sleep_until(std::uint64_t at, bool late);
  void wait_while(std::function<bool()> blocked, std::uint64_t then_ns);
  void resume(ModelProcess& process);

  WorldOptions options_;
  std::vector<std::unique_ptr<Files>> files_;
  dure_card_limits all_ = {};  // of a process that is not held
  dure_card_pace no_pace_ = {};
  std::vector<std::unique_ptr<ModelProcess>> processes_;
  std::vector<std::unique_ptr<ModelEvent>> events_;
  std::unique_ptr<ModelCard> card_;
  std::unique_ptr<gpu::CardPace> pace_;
  std::mt19937_64 random_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t next_round_ = 0;
  ModelProcess* current_ = nullptr;
};

}  // namespace dure::bench
