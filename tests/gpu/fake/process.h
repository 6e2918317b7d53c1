// A process as the driver sees it: its threads, its contexts, and everything that it has made.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "gpu/abi/cuda.h"

#include "gpu/fake/graph.h"
#include "gpu/fake/memory.h"
#include "gpu/fake/module.h"
#include "gpu/fake/timeline.h"

namespace dure::gpu::fake {

struct Thread {
  std::vector<Context*> stack;  // the current context is the last
  int capture_mode = 0;
};

class Process : public std::enable_shared_from_this<Process> {
 public:
  Process(int process_number, int state_slot) : number(process_number), slot(state_slot) {}

  const int number;  // as fake_play names it
  const int slot;    // in the state
  bool initialised = false;
  bool dead = false;  // fake_kill
  std::map<int, Thread> threads;

  // Handles are addresses of these. Held by the pointer as key, so that a wrong one is found out.
  std::unordered_map<const void*, std::unique_ptr<Context>> contexts;
  std::unordered_map<const void*, std::unique_ptr<Stream>> streams;
  std::unordered_map<const void*, std::unique_ptr<Event>> events;
  std::unordered_map<const void*, std::unique_ptr<Module>> modules;
  std::unordered_map<const void*, std::shared_ptr<Graph>> graphs;
  std::unordered_map<const void*, std::unique_ptr<GraphExec>> execs;
  std::unordered_map<const void*, std::unique_ptr<Array>> arrays;
  std::unordered_map<const void*, std::unique_ptr<Pool>> pools;
  std::unordered_map<const void*, std::unique_ptr<ExternalMemory>> externals;
  std::unordered_map<CUmemGenericAllocationHandle, std::shared_ptr<Physical>> handles;
  CUmemGenericAllocationHandle last_handle = 0;
  std::unordered_map<const void*, Function*> functions;
  Memory memory;

  struct Primary {
    Context* context = nullptr;
    int retained = 0;
    unsigned flags = 0;
  };
  std::map<int, Primary> primary;
  std::map<int, Pool*> current_pool;  // of each device
  std::map<int, Pool*> default_pool;
  std::map<int, Pool*> graph_pool;
};

}  // namespace dure::gpu::fake
