// A program of the container that does, at random, everything by which the share library changes the books of
// a share: memory by every way (gpu/memory/racer.h), contexts and their limits, modules, launches, waits,
// captures, graphs with memory of their own, exports, what CUDA and NVML say.
//
// It keeps the driver's rules. What it is refused for want of memory or of the card it goes without: refusals
// are no failures here, except where something is given back.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "gpu/memory/racer.h"

namespace dure::gpu::share {

class Worker {
 public:
  // REQUIRES: a context is current in this thread. Sizes are such that the books say what the fake driver
  // says once everything is at rest (but for modules: what they take is measured, and others' changes are in
  // that).
  Worker(const Program& program, std::uint64_t seed, Handles* handles, bool with_modules);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // One of them, with what belongs to it.
  void act();
  // Nothing is under way any more, what others have as well is given back, and the books have been told. What
  // the worker holds it keeps.
  void rest();
  void give_all_back();
  // A short one, and waits for it.
  bool run_kernel();

  static constexpr unsigned kActs = 15;
  static const char* name_of(unsigned act);
  // How often each was done and succeeded.
  const std::array<std::uint64_t, kActs>& succeeded() const { return succeeded_; }

 private:
  bool race();
  bool launch();
  bool wait();
  void launch_local(CUmodule* module);
  bool use_context();
  bool use_primary();
  bool set_limit();
  bool load_module();
  bool load_library();
  bool run_graph();
  bool capture();
  bool copy();
  bool look();
  bool use_pool();
  bool export_one();
  bool bind_one();

  template <class... Words>
  CUresult call(const char* name, Words... words) const {
    return program_.call(name, words...);
  }
  CUresult launch_one(std::uint64_t ns, CUstream stream, const char* name) const;
  bool add_node(CUgraph graph, CUgraphNode* last, CUgraphNodeParams* node) const;
  bool launch_graph(CUgraph graph, cuuint64_t flags);

  const Program& program_;
  std::mt19937_64 random_;
  bool with_modules_;
  Racer racer_;
  CUstream stream_ = nullptr;
  CUevent event_ = nullptr;
  CUfunction function_ = nullptr;
  CUdeviceptr scratch_ = 0;  // 4 KiB, or none
  CUmodule module_ = nullptr;
  int exported_ = -1;  // a descriptor
  std::array<std::uint64_t, kActs> succeeded_ = {};
};

// NVML of the container, in this process: the memory of each process that it lists on the first card, by id.
std::map<unsigned, std::uint64_t> list_processes();

}  // namespace dure::gpu::share
